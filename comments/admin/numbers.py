"""Statistics of the moderation: charts, each with a table behind it."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from articles.core.admin.read_only import SinglePageMixin
from comments.admin import columns
from comments.admin.rule_names import name_of_rule
from comments.models import Numbers
from comments.stats import charts, moderation
from comments.stats.csv import as_csv

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Classes of waiting time: the upper bound, and the label.
AGES = [
    (HOUR, _("Less than an hour")),
    (6 * HOUR, _("1 to 6 hours")),
    (DAY, _("6 to 24 hours")),
    (3 * DAY, _("1 to 3 days")),
    (7 * DAY, _("3 to 7 days")),
    (None, _("A week or longer")),
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
            "title": _("Statistics"),
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
    number = f"{columns.in_digits(found.number)}{'+' if found.is_more else ''}"
    rows = _by_age(reading.now - since for since in found.since)
    return Figure(
        "waiting",
        _("Waiting now"),
        (_("Waiting time"), _("Comments")),
        rows,
        notes=(
            _(
                "Counts the oldest comments, at most %(most)s. The waiting time begins when a "
                "comment is sent, is edited by its author or returns to the queue."
            )
            % {"most": columns.in_digits(moderation.MOST_WAITING)},
        ),
        empty=_("No comments are waiting."),
        said={"waiting": found, "number": number},
        plot=found.number
        and charts.bars(
            _("Waiting comments by waiting time"),
            _("Total: %(number)s.") % {"number": number},
            [(words, number, columns.in_digits(number)) for words, number in rows],
        ),
    )


def _by_age(ages):
    counts = [0] * len(AGES)
    for age in ages:
        places = enumerate(most for most, words in AGES)
        counts[next(at for at, most in places if most is None or age < most)] += 1
    return [(str(words), counts[at]) for at, (most, words) in enumerate(AGES)]


def _waits(reading):
    weeks = moderation.waits_by_week(reading.now)
    series = [
        (_("Median"), [_hours(week.median) for week in weeks]),
        (_("90th percentile"), [_hours(week.ninetieth) for week in weeks]),
    ]
    rows = [
        (week.week, week.decisions, median, ninetieth)
        for week, median, ninetieth in zip(
            weeks, *(hours for _name, hours in series), strict=True
        )
    ]
    known = [row for row in rows if row[1]]
    return Figure(
        "waits",
        _("Time to decision"),
        (
            _("Week from"),
            _("Decisions"),
            _("Median, hours"),
            _("90th percentile, hours"),
        ),
        rows,
        notes=(
            _(
                "How long comments waited for a moderator, by the week of the decision. Half of "
                "them waited no longer than the median, nine in ten no longer than the 90th "
                "percentile (nearest rank: each figure is the waiting time of one comment)."
            ),
            _weeks_covered(),
            ngettext(
                "Based on the newest %(most)s decision on comments that waited.",
                "Based on the newest %(most)s decisions on comments that waited.",
                moderation.MOST_WAITS,
            )
            % {"most": columns.in_digits(moderation.MOST_WAITS)},
        ),
        empty=_("No moderator has decided on a waiting comment in these weeks."),
        plot=known and _lines_of_waits(known[-1], weeks, series),
        drawn_as="lines",
        is_by_week=True,
    )


def _lines_of_waits(newest, weeks, series):
    """`newest` is the row of the most recent week with decisions."""
    # Translators: the unit after a number of hours in a chart: “3 h”.
    hours = pgettext("hours", "h")
    _week, _decisions, median, ninetieth = newest
    return charts.lines(
        _("Hours until a moderator decided"),
        _(
            "By week, in hours. Most recent week with decisions: median %(median)s, 90th "
            "percentile %(ninetieth)s."
        )
        % {
            "median": number_format(f"{median:g}"),
            "ninetieth": number_format(f"{ninetieth:g}"),
        },
        _words_of(weeks),
        series,
        unit=f"\N{NO-BREAK SPACE}{hours}",
    )


def _reasons(reading):
    found = reading.decisions
    rows = [
        (moderation.kind_in_words(kind), number)
        for kind, number in sorted(
            found.by_kind.items(), key=lambda row: (-row[1], row[0])
        )
    ]
    return Figure(
        "reasons",
        _("Decisions by reason"),
        (_("Decision"), pgettext_lazy("how many", "Number")),
        rows,
        notes=_of_decisions(),
        empty=_("No moderator has made a decision in these weeks."),
        plot=rows
        and charts.bars(
            _("Moderators’ decisions and reasons"),
            ngettext("%(number)s decision.", "%(number)s decisions.", found.number)
            % {"number": columns.in_digits(found.number)},
            [(words, number, columns.in_digits(number)) for words, number in rows],
        ),
    )


def _moderators(reading):
    rows = [
        (one.name, one.number, one.approved, one.rejected, one.spam, one.others)
        for one in reading.decisions.by_moderator
    ]
    return Figure(
        "moderators",
        _("Decisions by moderator"),
        (
            _("Moderator"),
            _("Decisions"),
            pgettext_lazy("number of comments", "Approved"),
            pgettext_lazy("number of comments", "Rejected"),
            _("Spam"),
            pgettext_lazy("number of decisions", "Other"),
        ),
        rows,
        notes=_of_decisions(),
        empty=_("No moderator has made a decision in these weeks."),
        plot=rows
        and charts.bars(
            _("Number of decisions by each moderator"),
            _("Number of rows: %(number)d.") % {"number": len(rows)},
            [(row[0], row[1], columns.in_digits(row[1])) for row in rows],
        ),
    )


def _reversals(reading):
    weeks = reading.decisions.by_week
    rows = [(week.week, week.decisions, week.undone, week.changed) for week in weeks]
    undone, changed = (sum(row[place] for row in rows) for place in (2, 3))
    return Figure(
        "reversals",
        _("Reversals"),
        (
            _("Week from"),
            _("Decisions"),
            _("Undid a decision"),
            _("Changed a decision"),
        ),
        rows,
        notes=(
            _(
                "How often moderators undid or changed an earlier decision, whether automatic "
                "or by a moderator."
            ),
            *_of_decisions(),
        ),
        empty=_("No decision was undone or changed in these weeks."),
        plot=(undone + changed)
        and charts.columns(
            _("Decisions that were undone or changed"),
            _("By week. Total: %(undone)d undone, %(changed)d changed.")
            % {"undone": undone, "changed": changed},
            _words_of(weeks),
            [
                (
                    pgettext_lazy("number of decisions", "Undone"),
                    [row[2] for row in rows],
                ),
                (
                    pgettext_lazy("number of decisions", "Changed"),
                    [row[3] for row in rows],
                ),
            ],
        ),
        drawn_as="columns",
        is_by_week=True,
    )


def _rules(reading):
    found = moderation.usefulness_of_rules()
    rows = [
        (
            name_of_rule(rule.rule),
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
        _("Usefulness of the rules"),
        (
            _("Rule"),
            # Translators: how often a rule of the screening found something.
            _("Fired"),
            # Translators: how often moderators decided as the rule did.
            _("Agreed"),
            pgettext_lazy("number of comments", "Approved"),
            _("Not decided"),
            _("Agreed, percent"),
        ),
        rows,
        notes=(
            _(
                "A rule fires when it holds a comment or marks it as spam. Moderators agree when "
                "they reject that comment or mark it as spam."
            ),
            ngettext(
                "Based on the newest %(most)s finding of the screening.",
                "Based on the newest %(most)s findings of the screening.",
                moderation.MOST_SIGNALS,
            )
            % {"most": columns.in_digits(moderation.MOST_SIGNALS)},
        ),
        empty=_("No rule has held a comment yet."),
        plot=rows
        and charts.bars(
            _("How often moderators agreed with each rule, in percent"),
            _("Share of the decided comments on which the rule had fired."),
            [
                (row[0], row[5] or 0, _rule_note(rule))
                for row, rule in zip(rows, found, strict=True)
            ],
        ),
    )


def _rule_note(rule):
    if rule.share is None:
        return _("not decided")
    return _("%(percent)s%% of %(number)s") % {
        "percent": number_format(f"{_percent(rule.share):g}"),
        "number": columns.in_digits(rule.agreed + rule.disagreed),
    }


def _looks(reading):
    found = moderation.error_rates()
    rates = [
        (_("All automatic decisions"), found.together),
        (_("Approved automatically"), found.approved),
        (_("Marked as spam automatically"), found.spam),
    ]
    return Figure(
        "looks",
        _("Errors of automatic decisions"),
        (
            _("Automatic decisions"),
            _("Checked"),
            _("Wrong"),
            _("Wrong, percent"),
            # Translators: the lower bound of a range.
            pgettext_lazy("lower bound", "From, percent"),
            # Translators: the upper bound of a range.
            pgettext_lazy("upper bound", "To, percent"),
        ),
        [_row_of_rate(words, rate) for words, rate in rates],
        notes=(
            _(
                "Measured with the audit sample: comments with a random automatic decision that "
                "a moderator judged without knowing it. A decision is wrong if a comment was "
                "shown that should not have been, or the reverse. With 95 percent confidence, the true "
                "share lies between the two bounds (Wilson’s interval)."
            ),
            ngettext(
                "Based on the newest %(most)s answer of the audit sample.",
                "Based on the newest %(most)s answers of the audit sample.",
                moderation.MOST_LOOKS,
            )
            % {"most": columns.in_digits(moderation.MOST_LOOKS)},
            *_void_note(found.void),
        ),
        empty=_("No comment of the audit sample has been judged yet."),
        plot=found.together.looked_at and _shares_of_looks(found.together, rates),
        drawn_as="shares",
    )


def _shares_of_looks(together, rates):
    return charts.shares(
        _("Share of wrong automatic decisions, with confidence interval"),
        ngettext(
            "Wrong: %(wrong)d of %(number)d checked decision.",
            "Wrong: %(wrong)d of %(number)d checked decisions.",
            together.looked_at,
        )
        % {"wrong": together.wrong, "number": together.looked_at},
        [
            (words, rate.share, rate.interval, _part(rate.wrong, rate.looked_at))
            for words, rate in rates
            if rate.looked_at
        ],
    )


def _void_note(number):
    if not number:
        return []
    note = ngettext(
        "%(number)s of them does not count: the comment was decided on, changed or withdrawn "
        "before it was judged.",
        "%(number)s of them do not count: the comments were decided on, changed or withdrawn "
        "before they were judged.",
        number,
    )
    return [note % {"number": columns.in_digits(number)}]


def _part(number, total):
    """“2 of 30”."""
    return _("%(number)s of %(total)s") % {
        "number": columns.in_digits(number),
        "total": columns.in_digits(total),
    }


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
    return [date_format(week.week, "MONTH_DAY_FORMAT") for week in weeks]


def _weeks_covered():
    return ngettext(
        "Covers the last %(weeks)d week.",
        "Covers the last %(weeks)d weeks.",
        moderation.WEEKS,
    ) % {"weeks": moderation.WEEKS}


def _of_decisions():
    return (
        _weeks_covered(),
        ngettext(
            "Based on the newest %(most)s decision. Automatic decisions are not counted.",
            "Based on the newest %(most)s decisions. Automatic decisions are not counted.",
            moderation.MOST_DECISIONS,
        )
        % {"most": columns.in_digits(moderation.MOST_DECISIONS)},
    )
