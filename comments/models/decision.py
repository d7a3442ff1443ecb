from django.db import models

from articles.core.append_only import AppendOnly, AppendOnlyQuerySet
from articles.core.moments import moment_in_words


class DecisionQuerySet(AppendOnlyQuerySet):
    def by_people(self):
        """Decisions of moderators, also of deleted accounts; not of the screening or of authors."""
        return self.exclude(by_name="")

    def putting_back(self):
        """Decisions that no moderator took and that made a comment wait: after reports or edits."""
        return self.filter(by_name="", to_status="pending")

    def after_a_wait(self):
        """Moderators' decisions on comments that waited, newest first."""
        return self.filter(waited__isnull=False).order_by("-at", "-id")


class Decision(AppendOnly):
    """
    One step of a comment: who took it, when, why, and on which revision of its text.

    It quotes nothing of the comment, so that erasing the comment leaves no copy of its text.
    """

    class What(models.TextChoices):
        """What was done, where the two statuses do not show it."""

        STATUS = "status", "changed the status"
        EDIT = "edit", "edited"
        REPORTS = "reports", "reported by readers"
        KEEP = "keep", "kept as it was"
        PICK = "pick", "picked"
        UNPICK = "unpick", "no longer picked"
        REDACT = "redact", "took words out"

    class Reason(models.TextChoices):
        OFF_TOPIC = "off_topic", "off topic"
        ABUSE = "abuse", "abuse"
        SPAM = "spam", "spam"
        UNLAWFUL = "unlawful", "unlawful"
        PERSONAL_DATA = "personal_data", "personal data"
        ADVERTISING = "advertising", "advertising"
        OTHER = "other", "another reason"

    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.PROTECT, related_name="decisions"
    )
    what = models.CharField(max_length=8, choices=What, default=What.STATUS)
    text_revision = models.PositiveIntegerField()
    from_status = models.CharField(max_length=10)
    to_status = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    # What the author reads with the reason, and whether they learn either.
    explanation = models.TextField(blank=True)
    told = models.BooleanField(default=True)
    # Only moderators read it.
    note = models.TextField(blank=True)
    # How long the comment had waited; None if it did not wait or no moderator decided.
    waited = models.DurationField(null=True)
    batch = models.ForeignKey(
        "comments.Batch",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
    )
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
    )

    objects = DecisionQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        indexes = [
            models.Index(
                fields=["-at", "-id"],
                name="decisions_after_a_wait",
                condition=models.Q(waited__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.who} {self.in_words} on {moment_in_words(self.at)}"

    @property
    def in_words(self):
        """What was done, in words that follow a name: “approved this comment”."""
        if self.undoes_id:
            return "undid a decision on this comment"
        what = self.What
        return {
            what.EDIT: "edited this comment, which waits again",
            what.REPORTS: "put this comment back to wait, because readers reported it",
            what.KEEP: f"kept this comment {self.to_status}",
            what.PICK: "picked this comment",
            what.UNPICK: "took this comment off the picks",
            what.REDACT: "took words out of this comment",
        }.get(self.what) or {
            "approved": "approved this comment",
            "rejected": "rejected this comment",
            "spam": "marked this comment as spam",
            "withdrawn": "withdrew this comment",
            "pending": "put this comment back to wait",
        }[self.to_status]

    @property
    def who(self):
        """Who took the step, as the desk shows it."""
        if self.to_status == "withdrawn" or self.what == self.What.EDIT:
            return "Its author"
        return self.by_name or "The screening"

    @property
    def can_be_undone(self):
        """Whether a moderator or the screening decided; what the author did cannot be undone."""
        return self.to_status != "withdrawn" and self.what != self.What.EDIT


def standing(decisions):
    """
    Yield the decisions that stand: neither undone nor themselves an undo.

    `decisions` are all those of one comment, newest first; so is the result.
    """
    undone = set()
    for decision in decisions:
        if decision.pk in undone:
            continue
        if decision.undoes_id:
            undone.add(decision.undoes_id)
        else:
            yield decision
