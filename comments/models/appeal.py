from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_APPEAL = 1000


class Appeal(models.Model):
    """What the author of an unpublished comment says against that; one for each comment."""

    comment = models.OneToOneField(
        "comments.Comment",
        on_delete=models.PROTECT,
        related_name="appeal",
        verbose_name=_("comment"),
    )
    message = models.TextField(_("message"))
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    # Set by a moderator's next decision on the comment.
    answered_at = models.DateTimeField(_("answered"), null=True, db_index=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        indexes = [
            models.Index(
                fields=["created_at", "comment"],
                name="open_appeals",
                condition=models.Q(answered_at=None),
            )
        ]

    def __str__(self):
        return _("Appeal for comment %(number)s") % {"number": self.comment_id}

    @property
    def is_open(self):
        return self.answered_at is None
