from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Weight(models.IntegerChoices):
    """What a finding does to a reader's comment."""

    INFORMS = 0, _("informs moderators")
    HOLDS = 1, _("holds the comment")
    MARKS = 2, _("marks the comment as spam")


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
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        ordering = ["id"]

    def __str__(self):
        return _("Signal for comment %(number)s: %(rule)s") % {
            "number": self.comment_id,
            "rule": self.rule,
        }
