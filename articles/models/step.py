from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.append_only import AppendOnly, AppendOnlyQuerySet


class TransitionError(Exception):
    """A step that cannot be taken from here, with a sentence for the person who tried."""


class StepQuerySet(AppendOnlyQuerySet):
    def moves(self):
        """The steps that took an article from one status to another."""
        what = Step.What
        return self.filter(
            what__in=[
                what.SUBMIT,
                what.RETURN,
                what.PUBLISH,
                what.SCHEDULE,
                what.WITHDRAW,
            ]
        )


class Step(AppendOnly):
    """What was done to an article: by whom, when and why."""

    class What(models.TextChoices):
        SUBMIT = "submit", "submitted for review"
        RETURN = "return", "returned to draft"
        PUBLISH = "publish", "published"
        SCHEDULE = "schedule", "scheduled"
        REDATE = "redate", "publication date changed"
        WITHDRAW = "withdraw", "withdrawn"
        RENAME = "rename", "address changed"
        PUT_ON_TOP = "put_on_top", "put on top of the front page"
        TAKE_OFF_TOP = "take_off_top", "taken off the top of the front page"

    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, related_name="steps"
    )
    what = models.CharField(max_length=20, choices=What)
    # No constraint in the database and nothing done on deletion: accounts can go, the
    # record stays as it was written and keeps the name.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    by_name = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.get_what_display()} by {self.who}"

    @property
    def who(self):
        return self.by_name or "the machine"


def name_of(user):
    """How the records name who did it: the full name or the user name; empty for the machine."""
    return "" if user is None else user.get_full_name() or user.get_username()
