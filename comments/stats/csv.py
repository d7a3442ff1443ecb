"""Tables that leave the desk: cells that no program for tables takes for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

# With these a formula begins, also where they are full-width; the last three come before one.
_BEGINNINGS = tuple("=+-@＝＋－＠\t\r\n")


def safe_cell(value: object) -> object:
    """The cell as it may stand in a file: text that would be run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.lstrip(" \0").startswith(_BEGINNINGS):
        return f"'{value}"
    return value


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as a file that programs for tables open; with the mark by which they know its letters."""
    return "".join(lines_of_csv(head, rows))


def lines_of_csv(
    head: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[str]:
    """`as_csv` a line at a time, for tables that are too long to be held."""
    yield "\ufeff"
    for row in chain([head], rows):
        out = io.StringIO()
        # Quoted, every one: whichever sign a program takes for the end of a cell, none ends there.
        csv.writer(out, quoting=csv.QUOTE_ALL).writerow(
            [safe_cell(cell) for cell in row]
        )
        yield out.getvalue()
