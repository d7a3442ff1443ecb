"""Statistics of the moderation: charts, each with a table behind it."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format

from articles.core.admin.read_only import SinglePageMixin
from comments.models import Numbers
from comments.stats import charts, moderation
from comments.stats.csv import as_csv

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Classes of waiting time: the upper bound, and the label.
AGES = [
    (HOUR, "Less than an hour"),
    (6 * HOUR, "1 to 6 hours"),
    (DAY, "6 to 24 hours"),
    (3 * DAY, "1 to 3 days"),
    (7 * DAY, "3 to 7 days"),
    (None, "A week or longer"),
]


@dataclass(frozen=True)
class Figure:
    """A chart and the table behind it, which can also be downloaded."""

    name: str
    title: str
    head: tuple[str, ...]
    rows: list
    # What was counted, and how to read the figures.
    notes: tuple[str, ...] = ()
    # What is shown where there is nothing to draw.
    empty: str = ""
    plot: object = None
    # Which template draws it: `lines`, `columns` or `rows`.
    drawn_as: str = "rows"
    is_by_week: bool = False
    said: dict = field(default_factory=dict)


class Reading:
    """What one page reads from the database, each part at most once."""

    def __init__(self, now):
        self.now = now

    @cached_property
    def decisions(self):
        return moderation.decisions(self.now)


@admin.register(Numbers)
class NumbersAdmin(SinglePageMixin, admin.ModelAdmin):
    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("comments.moderate_comment")

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        reading = Reading(timezone.now())
        if "csv" in request.GET:
            return _download(request.GET["csv"], reading)
        context = {
            **self.admin_site.each_context(request),
            "title": "Numbers",
            "opts": self.opts,
            "figures": [figure(reading) for figure in FIGURES.values()],
        }
        return TemplateResponse(request, "admin/comments/numbers/page.html", context)


def _download(name, reading):
    if name not in FIGURES:
        raise Http404(f"There is no table {name!r}.")
    figure = FIGURES[name](reading)
    return HttpResponse(
        as_csv(figure.head, figure.rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _waiting(reading):
    found = moderation.waiting()
    number = f"{found.number:,}{'+' if found.is_more else ''}"
    rows = _by_age(reading.now - since for since in found.since)
    return Figure(
        "waiting",
        "Waiting now",
        ("Waits", "Comments"),
        rows,
        notes=(
            f"Counted up to {moderation.MOST_WAITING:,}, those that were written first. "
            "A comment waits since it was sent, edited by its author or put back.",
        ),
        empty="Nothing waits.",
        said={"waiting": found, "number": number},
        plot=found.number
        and charts.bars(
            "Comments that wait, by how long they do",
            f"In all {number}.",
            [(words, number, f"{number:,}") for words, number in rows],
        ),
    )


def _by_age(ages):
    counts = dict.fromkeys((words for _, words in AGES), 0)
    for age in ages:
        words = next(words for most, words in AGES if most is None or age < most)
        counts[words] += 1
    return list(counts.items())


def _waits(reading):
    weeks = moderation.waits_by_week(reading.now)
    series = [
        ("Median", [_hours(week.median) for week in weeks]),
        ("90th percentile", [_hours(week.ninetieth) for week in weeks]),
    ]
    rows = [
        (week.week, week.decisions, median, ninetieth)
        for week, median, ninetieth in zip(
            weeks, *(hours for _, hours in series), strict=True
        )
    ]
    known = [row for row in rows if row[1]]
    return Figure(
        "waits",
        "Time to decision",
        ("Week from", "Decisions", "Median, hours", "90th percentile, hours"),
        rows,
        notes=(
            "How long comments waited on which moderators decided, by the week of the decision: "
            "half of them no longer than the median, nine in ten no longer than the 90th "
            "percentile (by nearest rank, so each is the wait of one comment).",
            _newest(
                moderation.MOST_WAITS,
                "decisions on comments that waited, of the last 12 weeks",
            ),
        ),
        empty="No moderator has decided on a comment that waited in these weeks.",
        plot=known
        and charts.lines(
            "Hours until a moderator decided",
            "By week. In the newest week with decisions the median was "
            f"{known[-1][2]:g} hours, the 90th percentile {known[-1][3]:g}.",
            _words_of(weeks),
            series,
            unit=" h",
        ),
        drawn_as="lines",
        is_by_week=True,
    )


def _reasons(reading):
    found = reading.decisions
    rows = sorted(found.by_kind.items(), key=lambda row: (-row[1], row[0]))
    return Figure(
        "reasons",
        "Decisions by reason",
        ("Decision", "Number"),
        rows,
        notes=(_of_decisions(),),
        empty="No moderator has decided anything in these weeks.",
        plot=rows
        and charts.bars(
            "What moderators decided, and why",
            f"{found.number:,} decisions.",
            [(words, number, f"{number:,}") for words, number in rows],
        ),
    )


def _moderators(reading):
    rows = [
        (one.name, one.number, one.approved, one.rejected, one.spam, one.others)
        for one in reading.decisions.by_moderator
    ]
    return Figure(
        "moderators",
        "Decisions by moderator",
        ("Moderator", "Decisions", "Approved", "Rejected", "Spam", "Others"),
        rows,
        notes=(_of_decisions(),),
        empty="No moderator has decided anything in these weeks.",
        plot=rows
        and charts.bars(
            "How many decisions each moderator took",
            f"{len(rows)} moderators or groups of them.",
            [(name, number, f"{number:,}") for name, number, *_ in rows],
        ),
    )


def _reversals(reading):
    weeks = reading.decisions.by_week
    rows = [(week.week, week.decisions, week.undone, week.changed) for week in weeks]
    undone, changed = (sum(row[place] for row in rows) for place in (2, 3))
    return Figure(
        "reversals",
        "Reversals",
        ("Week from", "Decisions", "Undid another", "Changed another"),
        rows,
        notes=(
            "Decisions by which moderators undid an earlier one, or made something else of a "
            "comment that was decided on, by the machine or by one of them.",
            _of_decisions(),
        ),
        empty="Nothing was undone or changed in these weeks.",
        plot=(undone + changed)
        and charts.columns(
            "Decisions that were undone or changed",
            f"By week: {undone} undone and {changed} changed in all.",
            _words_of(weeks),
            [
                ("Undone", [row[2] for row in rows]),
                ("Changed", [row[3] for row in rows]),
            ],
        ),
        drawn_as="columns",
        is_by_week=True,
    )


def _rules(reading):
    found = moderation.usefulness_of_rules()
    rows = [
        (
            rule.rule.replace("_", " ").capitalize(),
            rule.fired,
            rule.agreed,
            rule.disagreed,
            rule.undecided,
            _percent(rule.share),
        )
        for rule in found
    ]
    return Figure(
        "rules",
        "Usefulness of the rules",
        ("Rule", "Fired", "Agreed", "Approved", "Not decided", "Agreed, %"),
        rows,
        notes=(
            "A rule fired when it held a comment or marked it as spam. Moderators agreed when they "
            "rejected that comment or found it spam.",
            _newest(moderation.MOST_SIGNALS, "findings of the screening"),
        ),
        empty="No rule has held a comment yet.",
        plot=rows
        and charts.bars(
            "How often moderators agreed with each rule, in percent",
            "Of the times when they decided on a comment that it had held.",
            [
                (row[0], row[5] or 0, _rule_note(rule))
                for row, rule in zip(rows, found, strict=True)
            ],
        ),
    )


def _rule_note(rule):
    if rule.share is None:
        return "not decided"
    decided = rule.agreed + rule.disagreed
    return f"{_percent(rule.share):g} % of {decided:,}"


def _looks(reading):
    found = moderation.error_rates()
    rates = [
        ("All together", found.together),
        ("Approved by the machine", found.approved),
        ("Marked as spam by the machine", found.spam),
    ]
    return Figure(
        "looks",
        "Errors of the machine",
        ("Automatic decisions", "Looked at", "Wrong", "Wrong, %", "From, %", "To, %"),
        [_row_of_rate(words, rate) for words, rate in rates],
        notes=(
            "Measured by blind second looks: automatic decisions drawn by lot, which a moderator "
            "judged without knowing them. Wrong is what was shown and should not have been, or the "
            "reverse. With 95 % confidence the true share lies between the two bounds (Wilson’s "
            "interval).",
            _newest(moderation.MOST_LOOKS, "second looks") + _void_note(found.void),
        ),
        empty="No second look has been answered yet.",
        plot=found.together.looked_at
        and charts.shares(
            "How many automatic decisions were wrong, with the bounds of what is sure",
            f"{found.together.wrong} of {found.together.looked_at} that were looked at were wrong.",
            [
                (words, rate.share, rate.interval, f"{rate.wrong} of {rate.looked_at}")
                for words, rate in rates
                if rate.looked_at
            ],
        ),
        drawn_as="shares",
    )


def _void_note(number):
    if not number:
        return ""
    return (
        f" {number:,} of them measure nothing: the comment was decided on, changed or "
        "withdrawn before anybody looked."
    )


def _row_of_rate(words, rate):
    low, high = rate.interval or (None, None)
    shares = [_percent(share) for share in (rate.share, low, high)]
    return (words, rate.looked_at, rate.wrong, *shares)


FIGURES = {
    "waiting": _waiting,
    "waits": _waits,
    "reasons": _reasons,
    "moderators": _moderators,
    "reversals": _reversals,
    "rules": _rules,
    "looks": _looks,
}


def _hours(wait):
    return None if wait is None else round(wait / HOUR, 2)


def _percent(share):
    return None if share is None else round(100 * share, 1)


def _words_of(weeks):
    return [date_format(week.week, "j M") for week in weeks]


def _newest(most, things):
    return f"Of the newest {most:,} {things}."


def _of_decisions():
    return (
        f"The last {moderation.WEEKS} weeks, of the newest {moderation.MOST_DECISIONS:,} decisions; "
        "those of the machine are among them, and not counted."
    )
