"""CSV files for spreadsheets, safe against formula injection."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

# Characters that start a formula, also in full width; the last three may precede one.
_BEGINNINGS = tuple("=+-@＝＋－＠\t\r\n")


def safe_cell(value: object) -> object:
    """The cell, with an apostrophe before text that a spreadsheet would run as a formula."""
    if isinstance(value, str) and value.lstrip(" \0").startswith(_BEGINNINGS):
        return f"'{value}"
    return value


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as CSV, with the byte order mark by which spreadsheets recognise UTF-8."""
    return "".join(lines_of_csv(head, rows))


def lines_of_csv(
    head: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[str]:
    """Like `as_csv`, one line at a time, for tables too long for memory."""
    yield "\ufeff"
    for row in chain([head], rows):
        out = io.StringIO()
        # All cells are quoted, so that any separator a spreadsheet assumes is harmless.
        csv.writer(out, quoting=csv.QUOTE_ALL).writerow(
            [safe_cell(cell) for cell in row]
        )
        yield out.getvalue()
