from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.core.append_only import AppendOnly, AppendOnlyQuerySet
from articles.core.moments import moment_in_words

# What was done, in words that follow the name of who did it, or a colon.
# Translators: these phrases follow a name or a colon (“Ana: approved this comment”).
_WORDS = {
    "approved": _("approved this comment"),
    "rejected": _("rejected this comment"),
    "spam": _("marked this comment as spam"),
    "withdrawn": _("withdrew this comment"),
    "pending": _("put this comment back in the queue"),
    "edit": _("edited this comment, so it is back in the queue"),
    "reports": _("put this comment back in the queue because readers reported it"),
    "keep_approved": _("kept this comment approved"),
    "keep_rejected": _("kept this comment rejected"),
    "keep_spam": _("kept this comment marked as spam"),
    "pick": _("picked this comment"),
    "unpick": _("removed this comment from the picks"),
    "redact": _("redacted this comment"),
    "undo": _("undid a decision on this comment"),
}
# The same as sentences, with the time and without a full stop.
_SENTENCES = {
    "approved": _("%(name)s approved this comment on %(time)s"),
    "rejected": _("%(name)s rejected this comment on %(time)s"),
    "spam": _("%(name)s marked this comment as spam on %(time)s"),
    "withdrawn": _("%(name)s withdrew this comment on %(time)s"),
    "pending": _("%(name)s put this comment back in the queue on %(time)s"),
    "edit": _("%(name)s edited this comment, so it is back in the queue, on %(time)s"),
    "reports": _(
        "%(name)s put this comment back in the queue because readers reported it, on %(time)s"
    ),
    "keep_approved": _("%(name)s kept this comment approved on %(time)s"),
    "keep_rejected": _("%(name)s kept this comment rejected on %(time)s"),
    "keep_spam": _("%(name)s kept this comment marked as spam on %(time)s"),
    "pick": _("%(name)s picked this comment on %(time)s"),
    "unpick": _("%(name)s removed this comment from the picks on %(time)s"),
    "redact": _("%(name)s redacted this comment on %(time)s"),
    "undo": _("%(name)s undid a decision on this comment on %(time)s"),
}


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

        STATUS = "status", _("status changed")
        EDIT = "edit", pgettext_lazy("what was done to a comment", "edited")
        REPORTS = "reports", _("reported by readers")
        KEEP = "keep", _("kept as it was")
        PICK = "pick", pgettext_lazy("what was done to a comment", "picked")
        UNPICK = "unpick", _("removed from the picks")
        REDACT = "redact", _("redacted")

    class Reason(models.TextChoices):
        OFF_TOPIC = "off_topic", _("off topic")
        ABUSE = "abuse", _("abuse")
        SPAM = "spam", pgettext_lazy("reason of a decision", "spam")
        UNLAWFUL = "unlawful", _("unlawful content")
        PERSONAL_DATA = "personal_data", _("personal data")
        ADVERTISING = "advertising", _("advertising")
        OTHER = "other", _("another reason")

    comment = models.ForeignKey(
        "comments.Comment",
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("comment"),
    )
    what = models.CharField(
        _("decision"), max_length=8, choices=What, default=What.STATUS
    )
    text_revision = models.PositiveIntegerField(_("revision"))
    from_status = models.CharField(_("status before"), max_length=10)
    to_status = models.CharField(_("status after"), max_length=10)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    # What the author reads with the reason, and whether they learn either.
    explanation = models.TextField(_("explanation"), blank=True)
    told = models.BooleanField(_("author is told"), default=True)
    # Only moderators read it.
    note = models.TextField(_("note"), blank=True)
    # How long the comment had waited; None if it did not wait or no moderator decided.
    waited = models.DurationField(_("waiting time"), null=True)
    batch = models.ForeignKey(
        "comments.Batch",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("bulk change"),
    )
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )

    objects = DecisionQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [
            models.Index(
                fields=["-at", "-id"],
                name="decisions_after_a_wait",
                condition=models.Q(waited__isnull=False),
            )
        ]

    def __str__(self):
        return _SENTENCES[self._done] % {
            "name": self.who,
            "time": moment_in_words(self.at),
        }

    @property
    def in_words(self):
        """What was done, in words that follow a name or a colon: “approved this comment”."""
        return _WORDS[self._done]

    @property
    def _done(self):
        """The key of what was done, in _WORDS and _SENTENCES."""
        if self.undoes_id:
            return "undo"
        if self.what == self.What.STATUS:
            return self.to_status
        if self.what == self.What.KEEP:
            return f"keep_{self.to_status}"
        return self.what

    @property
    def who(self):
        """Who took the step, as the desk shows it."""
        if self.to_status == "withdrawn" or self.what == self.What.EDIT:
            return _("Its author")
        return self.by_name or _("The screening")

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
