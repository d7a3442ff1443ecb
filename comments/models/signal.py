from django.db import models
from django.utils import timezone


class Weight(models.IntegerChoices):
    """What a finding does to a reader's comment."""

    INFORMS = 0, "only informs"
    HOLDS = 1, "holds the comment"
    MARKS = 2, "marks the comment as spam"


class Signal(models.Model):
    """One finding of the screening about one revision of a comment's text."""

    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.PROTECT, related_name="signals"
    )
    text_revision = models.PositiveIntegerField()
    rule = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField(choices=Weight, default=Weight.HOLDS)
    # The measured value and its limit; None for rules that measure nothing.
    value = models.FloatField(null=True)
    limit = models.FloatField(null=True)
    # What matched, one on each line: words of the comment, or the names it resembles.
    words = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.rule} on comment {self.comment_id}"
