"""
Addresses that this process has seen leave the site.

While the database is down, the page cache shows older pages, and must not show one that names an
article which has left the site since. Each departure has a number, and a page remembers the number
of the last one before it was rendered, so that no clocks are compared.
"""

import threading
from collections import deque

# More than leave a site within STALE_SECONDS. With more, no page from before them is shown.
MOST_REMEMBERED = 1000

_lock = threading.Lock()
_paths: deque[str] = deque(maxlen=MOST_REMEMBERED)
_number = 0


def note(path: str) -> None:
    """Remember that the page at this path, and those below it, left the site."""
    global _number  # noqa: PLW0603 (one sequence for the whole process)
    with _lock:
        _paths.append(path)
        _number += 1


def last_number() -> int:
    """The number of the last departure; 0 before the first."""
    return _number


def after(number: int) -> list[str] | None:
    """The paths that left after the departure of this number; None if they are not known any more."""
    with _lock:
        new = _number - number
        if new > len(_paths):
            return None
        return list(_paths)[len(_paths) - new :] if new else []
