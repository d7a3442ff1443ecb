from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.core.append_only import AppendOnly, AppendOnlyQuerySet


class TransitionError(Exception):
    """Raised when a step is not possible, with a sentence for the person who tried it."""


class StepQuerySet(AppendOnlyQuerySet):
    def moves(self):
        """The steps that changed the status."""
        what = Step.What
        return self.filter(
            what__in=[
                what.SUBMIT,
                what.RECALL,
                what.RETURN,
                what.PUBLISH,
                what.SCHEDULE,
                what.WITHDRAW,
                what.UNDO,
            ]
        )

    def not_of_proposals(self):
        """Without steps on proposals, whose reasons are between writers and editors."""
        what = Step.What
        return self.exclude(
            what__in=[what.PROPOSE, what.TAKE_OVER, what.DECLINE, what.TAKE_BACK]
        )


class Step(AppendOnly):
    """The record of a step: what was done to an article, by whom, when and why."""

    class What(models.TextChoices):
        SUBMIT = "submit", _("submitted for review")
        RECALL = "recall", _("recalled by its writer")
        RETURN = "return", _("returned to draft")
        PUBLISH = "publish", pgettext_lazy("step of an article", "published")
        SCHEDULE = "schedule", pgettext_lazy("step of an article", "scheduled")
        REDATE = "redate", _("publication date changed")
        CHANGE = "change", _("changes published")
        SCHEDULE_CHANGES = "schedule_changes", _("changes scheduled")
        UNSCHEDULE_CHANGES = "unschedule_changes", _("scheduled changes cancelled")
        WITHDRAW = "withdraw", pgettext_lazy("step of an article", "withdrawn")
        LIFT_EMBARGO = "lift_embargo", _("embargo lifted")
        RENAME = "rename", _("address changed")
        PUT_ON_TOP = "put_on_top", _("put on top of the front page")
        TAKE_OFF_TOP = "take_off_top", _("taken off the top of the front page")
        PROPOSE = "propose", _("changes proposed")
        TAKE_OVER = "take_over", _("proposed changes accepted")
        DECLINE = "decline", _("proposed changes declined")
        TAKE_BACK = "take_back", _("proposed changes withdrawn")
        UNDO = "undo", _("step undone")

    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.PROTECT,
        related_name="steps",
        verbose_name=_("article"),
    )
    what = models.CharField(_("step"), max_length=20, choices=What)
    reason = models.TextField(_("reason"), blank=True)

    objects = StepQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")

    def __str__(self):
        return _("%(step)s by %(name)s") % {
            "step": self.get_what_display(),
            "name": self.who,
        }

    @property
    def who(self):
        return self.by_name or _("System")
