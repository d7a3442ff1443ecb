from django.utils.translation import gettext_lazy as _

from comments.models.comment import Comment


class Queue(Comment):
    """The moderators' queue: a page of the desk without a table of its own."""

    class Meta:
        proxy = True
        default_permissions = []
        verbose_name = _("moderation queue")
        verbose_name_plural = _("moderation queue")
