"""
The figures of moderating: how long comments wait, what is decided, and how often that was wrong.

Each of them looks at so many rows at most, the newest, however many there are.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone

from comments.models import Comment, Decision, SecondLook, Signal, Weight
from comments.models.querysets import JUDGED_AGAINST, PENDING

WEEKS = 12
MOST_WAITING = 1000
MOST_WAITS = 20_000
MOST_DECISIONS = 20_000
MOST_SIGNALS = 20_000
MOST_LOOKS = 10_000
# Of a moderator each; the others are counted together.
MOST_MODERATORS = 20
A_WEEK = timedelta(weeks=1)
# So many standard deviations hold 95 of 100 cases of a normal distribution.
SURE_ENOUGH = 1.959964


# Weeks


def monday_of(moment: datetime) -> date:
    """The day on which its week began, in the time zone of the site."""
    day = timezone.localtime(moment).date()
    return day - timedelta(days=day.weekday())


def last_weeks(now: datetime) -> list[date]:
    """The Mondays of the last weeks, oldest first; the week that is not over yet is the last."""
    this = monday_of(now)
    return [this - ago * A_WEEK for ago in reversed(range(WEEKS))]


def start_of(monday: date) -> datetime:
    return timezone.make_aware(datetime.combine(monday, time.min))


# Time to decision


@dataclass(frozen=True)
class Wait:
    """How long the comments waited that moderators decided on in one week."""

    week: date
    decisions: int
    median: timedelta | None
    ninetieth: timedelta | None


def percentile(values: Sequence, percent: int):
    """
    The smallest of the values that so many percent of them do not exceed; None of none.

    That is the percentile by nearest rank: always one of the values, never one between two.
    """
    if not values:
        return None
    # In whole numbers, rounded up: 0.07 * 100 is more than 7.
    rank = -(-percent * len(values) // 100)
    return sorted(values)[max(rank, 1) - 1]


def waits_by_week(now: datetime) -> list[Wait]:
    """How long comments waited until a moderator decided, by the week of the decision."""
    weeks = last_weeks(now)
    rows = Decision.objects.filter(waited__isnull=False, at__gte=start_of(weeks[0]))
    waits = {week: [] for week in weeks}
    for at, waited in rows.values_list("at", "waited")[:MOST_WAITS]:
        waits.setdefault(monday_of(at), []).append(waited)
    return [_wait(week, waits[week]) for week in weeks]


def _wait(week, waits):
    return Wait(week, len(waits), percentile(waits, 50), percentile(waits, 90))


# What waits


@dataclass(frozen=True)
class Waiting:
    """How many comments wait, counted up to a bound, and since when each of those does."""

    since: tuple[datetime, ...]
    is_more: bool = False

    @property
    def number(self) -> int:
        return len(self.since)

    @property
    def oldest(self) -> datetime | None:
        return min(self.since, default=None)


def waiting() -> Waiting:
    """What waits now; when more than can be counted do, those that were written first."""
    back = Decision.objects.filter(comment=OuterRef("pk"), to_status=PENDING)
    newest = back.order_by().values("comment").annotate(at=Max("at")).values("at")
    rows = (
        Comment.objects.waiting()
        .oldest_first()
        .values_list("created_at", "edited_at", Subquery(newest))
    )
    since = [max(filter(None, moments)) for moments in rows[: MOST_WAITING + 1]]
    return Waiting(tuple(since[:MOST_WAITING]), is_more=len(since) > MOST_WAITING)


# Decisions


@dataclass
class Decided:
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
    by_moderator: list[Decided] = field(default_factory=list)
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

    The machine's decisions are among those that are looked at: no index tells them apart.
    """
    weeks = last_weeks(now)
    rows = Decision.objects.filter(at__gte=start_of(weeks[0]))
    found = Decisions(by_week=[Reversals(week) for week in weeks])
    of_week = {one.week: one for one in found.by_week}
    moderators = {}
    for row in rows.values_list(*COLUMNS, named=True)[:MOST_DECISIONS]:
        if row.by_name:
            found.number += 1
            found.by_kind[_kind(row)] += 1
            # The account is known by its key also when it is gone.
            decided = moderators.setdefault(row.by or row.by_name, Decided(row.by_name))
            _count_decided(decided, row)
            _count_reversal(of_week.get(monday_of(row.at)), row)
    found.by_moderator = _busiest(moderators)
    return found


def _kind(row):
    """What was done, and why, in words that follow “decisions:”."""
    what = Decision.What
    if row.undoes:
        return "An earlier decision undone"
    if row.what != what.STATUS:
        return what(row.what).label.capitalize()
    if row.to_status != "rejected":
        return {"approved": "Approved", "spam": "Marked as spam"}.get(
            row.to_status, "Put back to wait"
        )
    if not row.reason:
        return "Rejected without a reason"
    return f"Rejected: {dict(Decision.Reason.choices).get(row.reason, row.reason)}"


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
    """Those who decided most, each by a name of their own, and all the others as one."""
    by_number = sorted(moderators.values(), key=lambda one: (-one.number, one.name))
    busiest, others = by_number[:MOST_MODERATORS], by_number[MOST_MODERATORS:]
    for one, name in zip(busiest, each_once(one.name for one in busiest), strict=True):
        one.name = name
    return [*busiest, *([_together(others)] if others else [])]


def _together(others):
    return Decided(
        f"{len(others)} others",
        *(
            sum(getattr(one, part) for one in others)
            for part in ["number", "approved", "rejected", "spam"]
        ),
    )


def each_once(names) -> list[str]:
    """The names, with a number after each that stands there already."""
    given = []
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
    """How often a rule held comments or marked them as spam, and what moderators decided on those."""

    rule: str
    fired: int = 0
    agreed: int = 0
    disagreed: int = 0

    @property
    def undecided(self) -> int:
        return self.fired - self.agreed - self.disagreed

    @property
    def share(self) -> float | None:
        """How often moderators agreed, of the times when they decided; None when they never did."""
        decided = self.agreed + self.disagreed
        return self.agreed / decided if decided else None


def usefulness_of_rules() -> list[Usefulness]:
    """
    How useful each rule was of late, the busiest first; in one query.

    A rule fired when what it found held a comment or marked it as spam, and moderators
    agreed when they rejected that comment or found it spam. Of a comment that was edited
    only what was found in its newest text counts; a finding that only informs never does.
    """
    # Those that only inform are left out here: with a filter, PostgreSQL reads all signals.
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
    rules = {}
    for (rule, _), judged_as in judged.items():
        one = rules.setdefault(rule, Usefulness(rule))
        one.fired += 1
        one.agreed += judged_as in JUDGED_AGAINST
        one.disagreed += judged_as == Comment.Status.APPROVED
    return sorted(rules.values(), key=lambda one: (-one.fired, one.rule))


# Second looks


@dataclass(frozen=True)
class ErrorRate:
    """How many of the automatic decisions that were looked at again were wrong."""

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
    Between which shares the true one lies, with 95 % confidence.

    Wilson's score interval: E. B. Wilson, “Probable inference, the law of succession, and
    statistical inference”, Journal of the American Statistical Association 22 (1927),
    209–212. Unlike the textbook's interval it says something also of few cases and of none.
    """
    share, square = hits / trials, SURE_ENOUGH**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    spread = share * (1 - share) / trials + square / (4 * trials**2)
    width = SURE_ENOUGH * math.sqrt(spread) / (1 + square / trials)
    # Neither end can lie beyond what was measured, whatever the rounding.
    low, high = min(middle - width, share), max(middle + width, share)
    return max(low, 0.0), min(high, 1.0)


@dataclass(frozen=True)
class SecondLooks:
    """What the second looks measured, by what the machine had decided."""

    approved: ErrorRate
    spam: ErrorRate
    # Drawn, and then of no use: somebody else had decided, or the words were changed or gone.
    void: int = 0

    @property
    def together(self) -> ErrorRate:
        return ErrorRate(
            self.approved.looked_at + self.spam.looked_at,
            self.approved.wrong + self.spam.wrong,
        )


def error_rates() -> SecondLooks:
    """
    How often the machine was wrong: it published what a moderator would not, or the reverse.

    Measured on the second looks at automatic decisions that were drawn by lot and that
    moderators answered without knowing what the machine had decided.
    """
    rows = SecondLook.objects.filter(answered_at__isnull=False).order_by("-answered_at")
    counts = Counter(rows.values_list("status", "verdict")[:MOST_LOOKS])
    void = sum(number for (_, verdict), number in counts.items() if not verdict)
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
