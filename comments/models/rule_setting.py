from django.db import models, transaction
from django.utils import timezone

from articles.models import TransitionError
from comments.models.signal import Weight


class RuleSettingManager(models.Manager):
    def of(self, rule):
        """What is set for the rule of this name; a row that is not stored where nobody ever set anything."""
        return self.filter(rule=rule).first() or self.model(rule=rule)

    def change(self, rule, *, limit, weight, by_name, seen):
        """
        Set the rule differently in one guarded UPDATE; None is as it comes.

        `seen` is the setting that was on the screen. Raises TransitionError when it
        is another by now, which says who changed it.
        """
        with transaction.atomic():
            self.get_or_create(rule=rule)
            as_seen = self.filter(rule=rule, limit=seen.limit, weight=seen.weight)
            changed = as_seen.update(
                limit=limit,
                weight=weight,
                changed_by_name=by_name,
                changed_at=timezone.now(),
            )
            now = self.get(rule=rule)
            if not changed:
                raise TransitionError(f"{now.changed_by_name} changed this rule.")
        return now


class RuleSetting(models.Model):
    """What moderators set differently for one rule of the screening; a rule without a row is as it comes."""

    rule = models.CharField(max_length=40, unique=True)
    # None: as it comes.
    limit = models.FloatField(null=True, blank=True)
    weight = models.PositiveSmallIntegerField(null=True, blank=True, choices=Weight)
    changed_by_name = models.CharField(max_length=200, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RuleSettingManager()

    class Meta:
        default_permissions = ["change"]

    def __str__(self):
        return self.rule
