from django.db import models
from django.utils import timezone


class TextRevision(models.Model):
    """An earlier text of a comment, for moderators; deleted when the comment is erased."""

    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.PROTECT, related_name="earlier_texts"
    )
    number = models.PositiveIntegerField()
    body = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                name="one_text_for_each_revision", fields=["comment", "number"]
            )
        ]

    def __str__(self):
        return f"Text {self.number} of comment {self.comment_id}"
