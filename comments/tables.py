"""Tables that leave the desk: cells that no program for tables takes for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

# With these a formula begins, also where they are full-width; the last three come before one.
_BEGINNINGS = tuple("=+-@＝＋－＠\t\r\n")


def safe_cell(value: object) -> object:
    """The cell as it may stand in a file: text that would be run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.lstrip(" \0").startswith(_BEGINNINGS):
        return f"'{value}"
    return value


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as a file that programs for tables open; with the mark by which they know its letters."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in [head, *rows]:
        writer.writerow([safe_cell(cell) for cell in row])
    return "\ufeff" + out.getvalue()
