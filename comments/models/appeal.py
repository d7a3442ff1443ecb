from django.db import models
from django.utils import timezone

LONGEST_APPEAL = 1000


class Appeal(models.Model):
    """What the author of an unpublished comment says against that; one for each comment."""

    comment = models.OneToOneField(
        "comments.Comment", on_delete=models.PROTECT, related_name="appeal"
    )
    message = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    # Set by a moderator's next decision on the comment.
    answered_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at", "comment"],
                name="open_appeals",
                condition=models.Q(answered_at=None),
            )
        ]

    def __str__(self):
        return f"Appeal about comment {self.comment_id}"

    @property
    def is_open(self):
        return self.answered_at is None
