from django.db import models
from django.utils import timezone


class Weight(models.IntegerChoices):
    """What a finding does to the comment of a reader."""

    INFORMS = 0, "only informs"
    HOLDS = 1, "holds the comment"
    MARKS = 2, "marks the comment as spam"


class Signal(models.Model):
    """One finding of the screening about one text of a comment."""

    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.PROTECT, related_name="signals"
    )
    text_revision = models.PositiveIntegerField()
    rule = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField(choices=Weight, default=Weight.HOLDS)
    # What was measured and how much of it is allowed, where the rule measures anything.
    value = models.FloatField(null=True)
    limit = models.FloatField(null=True)
    # What matched, a line each: of the comment's own words, or of what they resemble.
    words = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.rule} on comment {self.comment_id}"
