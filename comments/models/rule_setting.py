from django.db import models
from django.utils import timezone

from comments.models.signal import Weight


class RuleSetting(models.Model):
    """What moderators set differently for one rule of the screening; a rule without a row is as it comes."""

    rule = models.CharField(max_length=40, unique=True)
    # None: as it comes.
    limit = models.FloatField(null=True, blank=True)
    weight = models.PositiveSmallIntegerField(null=True, blank=True, choices=Weight)
    changed_by_name = models.CharField(max_length=200, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ["change"]

    def __str__(self):
        return self.rule
