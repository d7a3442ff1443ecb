from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TextRevision(models.Model):
    """An earlier text of a comment, for moderators; deleted when the comment is erased."""

    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.PROTECT, related_name="earlier_texts"
    )
    number = models.PositiveIntegerField()
    body = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("earlier text")
        verbose_name_plural = _("earlier texts")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                name="one_text_for_each_revision", fields=["comment", "number"]
            )
        ]

    def __str__(self):
        return _("Revision %(revision)s of comment %(number)s") % {
            "revision": self.number,
            "number": self.comment_id,
        }
