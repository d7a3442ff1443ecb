"""
Moderation figures: how long comments wait, what is decided, and how often that was wrong.

Each figure reads a limited number of the newest rows (the constants `MOST_…`).
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from comments.models import Comment, Decision, SecondLook, Signal, Weight
from comments.models.querysets import JUDGED_AGAINST, PENDING

WEEKS = 12
MOST_WAITING = 1000
MOST_WAITS = 20_000
MOST_DECISIONS = 20_000
MOST_SIGNALS = 20_000
MOST_LOOKS = 10_000
# The moderators listed by name; all others are counted together.
MOST_MODERATORS = 20
A_WEEK = timedelta(weeks=1)
# 95 % of a normal distribution lie within this many standard deviations.
SURE_ENOUGH = 1.959964


# The kinds of decisions. A rejection with a reason is a kind of its own.
KINDS = {
    "approved": pgettext_lazy("what was done to a comment", "Approved"),
    "rejected": _("Rejected without a reason"),
    "spam": _("Marked as spam"),
    "pending": _("Put back in the queue"),
    "undo": _("Decision undone"),
    "keep": _("Kept as it was"),
    "pick": _("Picked"),
    "unpick": _("Removed from picks"),
    "redact": _("Redacted"),
    "edit": _("Edited"),
    "reports": _("Reported by readers"),
}


# Weeks


def monday_of(moment: datetime) -> date:
    """The Monday of the moment's week, in the time zone of the site."""
    day = timezone.localtime(moment).date()
    return day - timedelta(days=day.weekday())


def last_weeks(now: datetime) -> list[date]:
    """The Mondays of the last WEEKS weeks, oldest first; the last is the present week."""
    this = monday_of(now)
    return [this - ago * A_WEEK for ago in reversed(range(WEEKS))]


def start_of(monday: date) -> datetime:
    """Midnight at the beginning of the day, in the time zone of the site."""
    return timezone.make_aware(datetime.combine(monday, time.min))


# Time to decision


@dataclass(frozen=True)
class Wait:
    """How long the comments decided on in one week had waited; None for a week without any."""

    week: date
    decisions: int
    median: timedelta | None
    ninetieth: timedelta | None


def percentile[Value: (int, float, timedelta)](
    values: Sequence[Value], percent: int
) -> Value | None:
    """
    The percentile by nearest rank; None for no values.

    It is always one of the values: the smallest that `percent` percent do not exceed.
    """
    if not values:
        return None
    # Integer arithmetic, rounded up, because 0.07 * 100 is more than 7.
    rank = -(-percent * len(values) // 100)
    return sorted(values)[max(rank, 1) - 1]


def waits_by_week(now: datetime) -> list[Wait]:
    """The waiting times until a moderator decided, by the week of the decision."""
    weeks = last_weeks(now)
    rows = Decision.objects.filter(waited__isnull=False, at__gte=start_of(weeks[0]))
    waits: dict[date, list[timedelta]] = {week: [] for week in weeks}
    for at, waited in rows.values_list("at", "waited")[:MOST_WAITS]:
        waits.setdefault(monday_of(at), []).append(waited)  # type: ignore[arg-type]  # none is None
    return [_wait(week, waits[week]) for week in weeks]


def _wait(week, waits):
    return Wait(week, len(waits), percentile(waits, 50), percentile(waits, 90))


# What waits


@dataclass(frozen=True)
class Waiting:
    """Since when each waiting comment has waited, for at most MOST_WAITING of them."""

    since: tuple[datetime, ...]
    is_more: bool = False

    @property
    def number(self) -> int:
        return len(self.since)

    @property
    def oldest(self) -> datetime | None:
        return min(self.since, default=None)


def waiting() -> Waiting:
    """What waits now; if there is more than MOST_WAITING, the comments written first."""
    put_back = Decision.objects.filter(comment=OuterRef("pk"), to_status=PENDING)
    newest = put_back.order_by().values("comment").annotate(at=Max("at")).values("at")
    rows = (
        Comment.objects.waiting()
        .oldest_first()
        .values_list("created_at", "edited_at", Subquery(newest))
    )
    since = [max(filter(None, moments)) for moments in rows[: MOST_WAITING + 1]]
    return Waiting(tuple(since[:MOST_WAITING]), is_more=len(since) > MOST_WAITING)


# Decisions


@dataclass
class ModeratorDecisions:
    """What one moderator decided."""

    name: str = ""
    number: int = 0
    approved: int = 0
    rejected: int = 0
    spam: int = 0

    @property
    def others(self) -> int:
        return self.number - self.approved - self.rejected - self.spam


@dataclass
class Reversals:
    """How many decisions of one week undid or changed an earlier one."""

    week: date
    decisions: int = 0
    undone: int = 0
    changed: int = 0


@dataclass
class Decisions:
    """What moderators decided within the last weeks."""

    number: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    by_moderator: list[ModeratorDecisions] = field(default_factory=list)
    by_week: list[Reversals] = field(default_factory=list)


COLUMNS = [
    "at",
    "what",
    "from_status",
    "to_status",
    "reason",
    "undoes",
    "by",
    "by_name",
]


def decisions(now: datetime) -> Decisions:
    """
    What moderators decided, by reason, by moderator and by week; in one query.

    Automatic decisions count towards MOST_DECISIONS, because no index separates them.
    """
    weeks = last_weeks(now)
    rows = Decision.objects.filter(at__gte=start_of(weeks[0]))
    found = Decisions(by_week=[Reversals(week) for week in weeks])
    of_week = {one.week: one for one in found.by_week}
    moderators: dict[int | str, ModeratorDecisions] = {}
    for row in rows.values_list(*COLUMNS, named=True)[:MOST_DECISIONS]:
        if row.by_name:
            found.number += 1
            found.by_kind[_kind(row)] += 1
            # The key identifies the account even if it is deleted.
            decided = moderators.setdefault(
                row.by or row.by_name, ModeratorDecisions(row.by_name)
            )
            _count_decided(decided, row)
            _count_reversal(of_week.get(monday_of(row.at)), row)
    found.by_moderator = _busiest(moderators)
    return found


def _kind(row):
    """What was done and why: a key of KINDS, or `rejected:` with a reason."""
    if row.undoes:
        return "undo"
    if row.what != Decision.What.STATUS:
        return row.what
    if row.to_status == "rejected" and row.reason:
        return f"rejected:{row.reason}"
    return row.to_status if row.to_status in KINDS else PENDING


def kind_in_words(kind: str) -> str:
    """A key of `Decisions.by_kind` in words."""
    what, _colon, reason = kind.partition(":")
    if reason:
        label = dict(Decision.Reason.choices).get(reason, reason)
        return gettext("Rejected: %(reason)s") % {"reason": label}
    return str(KINDS[what])


def _count_decided(decided, row):
    decided.number += 1
    is_plain = row.what == Decision.What.STATUS and not row.undoes
    if is_plain and row.to_status in ("approved", "rejected", "spam"):
        setattr(decided, row.to_status, getattr(decided, row.to_status) + 1)


def _count_reversal(reversals, row):
    if reversals is None:
        return
    reversals.decisions += 1
    if row.undoes:
        reversals.undone += 1
    elif row.from_status != PENDING and row.from_status != row.to_status:
        reversals.changed += 1


def _busiest(moderators):
    """The moderators with most decisions, with distinct names, and all others as one row."""
    by_number = sorted(moderators.values(), key=lambda one: (-one.number, one.name))
    busiest, others = by_number[:MOST_MODERATORS], by_number[MOST_MODERATORS:]
    for one, name in zip(busiest, each_once(one.name for one in busiest), strict=True):
        one.name = name
    return [*busiest, *([_together(others)] if others else [])]


def _together(others):
    return ModeratorDecisions(
        # Translators: the other moderators, counted together.
        ngettext("%(number)d other", "%(number)d others", len(others))
        % {"number": len(others)},
        *(
            sum(getattr(one, part) for one in others)
            for part in ["number", "approved", "rejected", "spam"]
        ),
    )


def each_once(names: Iterable[str]) -> list[str]:
    """The names, with a number added to each repeated one."""
    given: list[str] = []
    for name in names:
        distinct, number = name, 1
        while distinct in given:
            number += 1
            distinct = f"{name} ({number})"
        given.append(distinct)
    return given


# Rules


@dataclass
class Usefulness:
    """How often a rule held or marked comments, and what moderators decided on those."""

    rule: str
    fired: int = 0
    agreed: int = 0
    disagreed: int = 0

    @property
    def undecided(self) -> int:
        return self.fired - self.agreed - self.disagreed

    @property
    def share(self) -> float | None:
        """The share of decided comments on which moderators agreed; None without any."""
        decided = self.agreed + self.disagreed
        return self.agreed / decided if decided else None


def usefulness_of_rules() -> list[Usefulness]:
    """
    How useful each rule has been recently, the busiest first; one query.

    A rule fired if its finding held a comment or marked it as spam. Moderators agreed if
    they rejected that comment or marked it as spam. For an edited comment only findings in
    the newest text count. Findings that only inform never count.
    """
    # Findings that only inform are skipped in Python: with a filter, PostgreSQL would read
    # all signals.
    rows = Signal.objects.order_by("-id").values_list(
        "rule",
        "weight",
        "comment",
        "comment__judged_as",
        "text_revision",
        "comment__text_revision",
    )
    judged = {
        (rule, comment): judged_as
        for rule, weight, comment, judged_as, revision, newest_text in rows[
            :MOST_SIGNALS
        ]
        if weight > Weight.INFORMS and revision == newest_text
    }
    rules: dict[str, Usefulness] = {}
    for (rule, _comment), judged_as in judged.items():
        one = rules.setdefault(rule, Usefulness(rule))
        one.fired += 1
        one.agreed += judged_as in JUDGED_AGAINST
        one.disagreed += judged_as == Comment.Status.APPROVED
    return sorted(rules.values(), key=lambda one: (-one.fired, one.rule))


# Second looks


@dataclass(frozen=True)
class ErrorRate:
    """How many of the audited automatic decisions were wrong."""

    looked_at: int
    wrong: int

    @property
    def share(self) -> float | None:
        return self.wrong / self.looked_at if self.looked_at else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.wrong, self.looked_at) if self.looked_at else None


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """
    The bounds of the true share, from 0 to 1, with 95 % confidence; `trials` is at least 1.

    Wilson's score interval: E. B. Wilson, “Probable inference, the law of succession, and
    statistical inference”, Journal of the American Statistical Association 22 (1927),
    209–212. Unlike the normal approximation it is valid for few trials and for no hits.
    """
    share, square = hits / trials, SURE_ENOUGH**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    spread = share * (1 - share) / trials + square / (4 * trials**2)
    width = SURE_ENOUGH * math.sqrt(spread) / (1 + square / trials)
    # Rounding must not put an end on the wrong side of the measured share.
    low, high = min(middle - width, share), max(middle + width, share)
    return max(low, 0.0), min(high, 1.0)


@dataclass(frozen=True)
class SecondLooks:
    """What the audit sample measured, by the automatic decision."""

    approved: ErrorRate
    spam: ErrorRate
    # Drawn but useless: a moderator had decided, or the text was changed or erased.
    void: int = 0

    @property
    def together(self) -> ErrorRate:
        return ErrorRate(
            self.approved.looked_at + self.spam.looked_at,
            self.approved.wrong + self.spam.wrong,
        )


def error_rates() -> SecondLooks:
    """
    How often automatic decisions to publish or not to publish were wrong.

    Measured on the audit sample: decisions drawn by lot, which moderators judged without
    knowing the automatic decision.
    """
    rows = SecondLook.objects.filter(answered_at__isnull=False).order_by("-answered_at")
    counts = Counter(rows.values_list("status", "verdict")[:MOST_LOOKS])
    void = sum(number for (_made, verdict), number in counts.items() if not verdict)
    return SecondLooks(_rate(counts, "approved"), _rate(counts, "spam"), void)


def _rate(counts, status):
    of_these = {
        verdict: number
        for (made, verdict), number in counts.items()
        if made == status and verdict
    }
    wrong = sum(
        number
        for verdict, number in of_these.items()
        if (verdict == "approved") != (status == "approved")
    )
    return ErrorRate(sum(of_these.values()), wrong)
