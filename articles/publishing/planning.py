"""Planning at the desk: the calendar, waiting changes, and duplicates of articles."""

import calendar as days_of
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import batched
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.core.months import Span
from articles.models import Article, Revision

# The scheduled and the planned articles that a month shows, each, and the undated drafts.
PLANNED_SHOWN = 300
UNDATED_SHOWN = 50

# The newest revisions among which waiting changes are searched.
REVISIONS_SEARCHED = 1000

LONGEST_TITLE = Article._meta.get_field("title").max_length


def duplicate(article, *, by=None):
    """
    Make a draft with the content of the working copy and a slug of its own, and return it.

    Its title says that it is a copy, if there is room for it: no title is cut.
    """
    content = {**article.working_content()}
    del content["slug"]
    title = _("Copy of %(title)s") % {"title": content["title"]}
    if len(title) > LONGEST_TITLE:
        title = content["title"]
    with transaction.atomic():
        copy = Article.objects.create(title=title, created_by=by)
        copy.write_snapshot(content | {"title": title}, by=by)
        copy.keep_revision(by=by)
    return copy


@dataclass(frozen=True)
class CalendarEntry:
    """An article on a day of the calendar: planned for it, or scheduled for it."""

    article: Any
    is_scheduled: bool


@dataclass(frozen=True)
class Day:
    date: date
    is_of_the_month: bool
    is_today: bool
    entries: list[CalendarEntry] = field(default_factory=list)


def weeks_of(
    span: Span, entries: dict[date, list[CalendarEntry]]
) -> list[tuple[Day, ...]]:
    """The month as weeks of seven days, Monday first, each day with its entries."""
    first, today = timezone.localtime(span.start).date(), timezone.localdate()
    dates = days_of.Calendar().itermonthdates(first.year, first.month)
    days = (
        Day(day, day.month == first.month, day == today, entries.get(day, []))
        for day in dates
    )
    return list(batched(days, 7, strict=True))


def entries_of(articles, span):
    """
    The entries of a span by day, and whether some were left out because of PLANNED_SHOWN.

    On each day scheduled articles come first, in order of time, then planned ones.
    """
    first, last = days_in(span)
    scheduled = articles.scheduled().published_in(span).order_by("published_at", "id")
    planned = articles.planned_between(first, last).order_by("planned_for", "id")
    scheduled = list(scheduled.defer("body")[: PLANNED_SHOWN + 1])
    planned = list(planned.defer("body")[: PLANNED_SHOWN + 1])
    entries = {}
    for article in scheduled[:PLANNED_SHOWN]:
        day = timezone.localtime(article.public_from).date()
        entries.setdefault(day, []).append(CalendarEntry(article, is_scheduled=True))
    for article in planned[:PLANNED_SHOWN]:
        entry = CalendarEntry(article, is_scheduled=False)
        entries.setdefault(article.planned_for, []).append(entry)
    return entries, max(len(scheduled), len(planned)) > PLANNED_SHOWN


def days_in(span: Span) -> tuple[date, date]:
    """The first and the last day of the span."""
    end = timezone.localtime(span.end).date()
    return timezone.localtime(span.start).date(), end - timedelta(days=1)


def rest_of_today() -> Span:
    """The span from now until midnight in the time zone of the site."""
    now = timezone.localtime()
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    return Span(now, tomorrow.replace(microsecond=0))


def changed_lately(articles):
    """The published articles with unpublished changes among recent revisions, newest first."""
    newest = Revision.objects.working().newest_first()
    kinds = {}
    for article, kind in newest.values_list("article", "kind")[:REVISIONS_SEARCHED]:
        kinds.setdefault(article, kind)
    waiting = [
        article for article, kind in kinds.items() if kind == Revision.Kind.DRAFT
    ]
    return articles.published().filter(pk__in=waiting).order_by("-modified_at", "-id")
