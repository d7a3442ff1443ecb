"""Years and months of the archive, in the time zone of the site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, QuerySet
from django.utils import timezone

# In columns: spans that one query asks for. Both databases allow more.
SPANS_A_QUERY = 1200


@dataclass(frozen=True)
class Span:
    """A month or a year: from `start` up to, but not including, `end`."""

    start: datetime
    end: datetime


def year(number: int) -> Span | None:
    """The span of a year; None outside the range that every time zone can express."""
    return _span(number, 1, number + 1, 1)


def month(year: int, number: int) -> Span | None:
    """The span of a month, 1 to 12; None for another number or a year out of range."""
    return _span(year, number, year + number // 12, number % 12 + 1)


def _span(year, month, next_year, next_month):
    # Other time zones cannot express some moments of the first and the last years.
    if not (year > 1 and next_year < 9999 and 1 <= month <= 12):
        return None
    zone = timezone.get_current_timezone()
    return Span(
        datetime(year, month, 1, tzinfo=zone),
        datetime(next_year, next_month, 1, tzinfo=zone),
    )


def years_of(articles: QuerySet[Any]) -> list[Span]:
    """The years in which any of the articles was published, newest first."""
    by_time = articles.order_by("published_at").values_list("published_at", flat=True)
    oldest, newest = by_time.first(), by_time.last()
    if oldest is None:
        return []
    first, last = (timezone.localtime(at).year for at in (oldest, newest))
    return _filled(articles, [year(number) for number in range(last, first - 1, -1)])


def months_of(articles: QuerySet[Any], number: int) -> list[Span]:
    """The months of the year `number` in which any of the articles was published, newest first."""
    return _filled(articles, [month(number, m) for m in range(12, 0, -1)])


def months_by_year(articles: QuerySet[Any]) -> list[tuple[Span, list[Span]]]:
    """Every year with its months, newest first."""
    years = years_of(articles)
    months = _filled(
        articles, [month(y.start.year, m) for y in years for m in range(12, 0, -1)]
    )
    return [(y, [m for m in months if m.start.year == y.start.year]) for y in years]


def _filled(articles, spans):
    """
    The spans that contain an article.

    One query makes one index look-up per span, however many articles there are.
    """
    spans = [span for span in spans if span is not None]
    found = []
    for start in range(0, len(spans), SPANS_A_QUERY):
        asked = spans[start : start + SPANS_A_QUERY]
        answers = (
            articles.order_by()
            .values_list(
                *(Exists(articles.order_by().published_in(span)) for span in asked)
            )
            .first()
        )
        found += [
            span for span, there in zip(asked, answers or (), strict=False) if there
        ]
    return found
