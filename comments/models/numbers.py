from django.utils.translation import gettext_lazy as _

from comments.models.decision import Decision


class Numbers(Decision):
    """The moderation figures: a page of the desk without a table of its own."""

    class Meta:
        proxy = True
        default_permissions = []
        verbose_name = _("moderation figures")
        verbose_name_plural = _("moderation figures")
