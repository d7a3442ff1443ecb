from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import TransitionError
from comments.models.signal import Weight


class RuleSettingManager(models.Manager):
    def of(self, rule):
        """The setting of the rule with this name; an unsaved row if nobody has set anything."""
        return self.filter(rule=rule).first() or self.model(rule=rule)

    def change(self, rule, *, limit, weight, by_name, seen):
        """
        Change the setting in one guarded UPDATE; a `limit` or `weight` of None is the default.

        `seen` is the RuleSetting that was on the screen. If it has changed since, a
        TransitionError says who changed it.
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
                raise TransitionError(
                    _("%(name)s has changed this rule in the meantime.")
                    % {"name": now.changed_by_name}
                )
        return now


class RuleSetting(models.Model):
    """What moderators changed for one screening rule; a rule without a row has its defaults."""

    rule = models.CharField(_("rule"), max_length=40, unique=True)
    # None in either: the rule's default.
    limit = models.FloatField(_("limit"), null=True, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("effect"), null=True, blank=True, choices=Weight
    )
    changed_by_name = models.CharField(_("changed by"), max_length=200, editable=False)
    changed_at = models.DateTimeField(
        _("changed"), default=timezone.now, editable=False
    )

    objects = RuleSettingManager()

    class Meta:
        default_permissions = ["change"]
        verbose_name = _("screening rule")
        verbose_name_plural = _("screening rules")

    def __str__(self):
        return self.rule
