"""
Keyset pagination: a cursor is a place in a list ordered by a time and an id.

Nothing is skipped or counted, so page one and page one thousand cost the same, and a new
row moves no other row to another page.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.db.models import Q, QuerySet
from django.http import Http404

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The largest id that both databases can compare with.
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Cursor:
    """A place in a list. As text, for addresses: microseconds since 1970, a hyphen, the id."""

    at: datetime
    id: int

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The cursor in the text; None for an empty or an invalid text."""
        micros, _, key = (text or "").rpartition("-")
        try:
            at, id = EPOCH + timedelta(microseconds=int(micros)), int(key)
        except (ValueError, OverflowError):
            return None
        return cls(at, id) if 0 < id <= LARGEST_ID else None

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.id}"

    def before(self, field: str) -> Q:
        """Rows that come before this place in time."""
        return Q(**{f"{field}__lte": self.at}) & (
            Q(**{f"{field}__lt": self.at}) | Q(id__lt=self.id)
        )

    def after(self, field: str) -> Q:
        """Rows that come after this place in time."""
        return Q(**{f"{field}__gte": self.at}) & (
            Q(**{f"{field}__gt": self.at}) | Q(id__gt=self.id)
        )


@dataclass(frozen=True)
class CursorPage:
    """The rows of one page, newest first, and the cursors of the pages on either side."""

    rows: list
    older: Cursor | None
    newer: Cursor | None
    is_newest: bool

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def newest_page(
    rows: QuerySet,
    *,
    field: str,
    size: int,
    before: str | None = None,
    after: str | None = None,
) -> CursorPage:
    """
    One page of the rows, newest first by `field` and id, in one query.

    `before` and `after` are cursors as text; `before` wins. Raises Http404 for an invalid
    cursor and for an empty page: no link leads there, and their number is endless.
    """
    newest_first = [f"-{field}", "-id"]
    if cursor := cursor_or_404(before):
        found = list(
            filter_beyond(rows, cursor.before(field)).order_by(*newest_first)[
                : size + 1
            ]
        )
        shown, more_older, more_newer = found[:size], len(found) > size, True
    elif cursor := cursor_or_404(after):
        found = list(
            filter_beyond(rows, cursor.after(field)).order_by(field, "id")[: size + 1]
        )
        shown, more_older, more_newer = found[:size][::-1], True, len(found) > size
    else:
        found = list(rows.order_by(*newest_first)[: size + 1])
        shown, more_older, more_newer = found[:size], len(found) > size, False
    if cursor and not shown:
        raise Http404("Nothing comes after this place.")
    return CursorPage(
        rows=shown,
        older=_place(shown[-1], field) if shown and more_older else None,
        newer=_place(shown[0], field) if shown and more_newer else None,
        is_newest=not more_newer,
    )


def cursor_or_404(text: str | None) -> Cursor | None:
    """The cursor in the text; None for None or an empty text. Raises Http404 for an invalid one."""
    cursor = Cursor.parse(text)
    if text and cursor is None:
        raise Http404("Nobody was given this cursor.")
    return cursor


def key_or_404(text: str | None) -> int | None:
    """The primary key in the text; None for None or an empty text. Raises Http404 if invalid."""
    key = key_in(text)
    if text and key is None:
        raise Http404("No row has this key.")
    return key


def filter_beyond(rows, place):
    """
    Filter the rows by `place`, a Q, and move it ahead of all other conditions.

    When two conditions bound the same index, SQLite starts at the first one. Otherwise it
    would walk from the newest row past all rows up to the place.
    """
    count = len(rows.query.where.children)
    rows = rows.filter(place)
    conditions = rows.query.where.children
    conditions[:] = conditions[count:] + conditions[:count]
    return rows


def _place(row, field):
    return Cursor(getattr(row, field), row.pk)


def key_in(text):
    """The primary key in untrusted input, a text or a number; None when it cannot be one."""
    try:
        key = int(text or "")
    except ValueError:
        return None
    return key if 0 < key <= LARGEST_ID else None
