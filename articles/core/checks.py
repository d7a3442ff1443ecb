"""What `doctor` finds, whichever app looks for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be; `mend` puts it right, where a machine can."""

    name: str
    sentence: str
    mend: Callable[[], None] | None = None


@dataclass(frozen=True)
class Check:
    """One question to the database; `find` gives its findings one after another."""

    title: str
    find: Callable[[], Iterable[Finding]]


def in_batches(rows, size):
    """The rows in stretches of their ids, so that no query works on more than `size` of them at once."""
    rows = rows.order_by("pk")
    ids = rows.values_list("pk", flat=True)
    last = 0
    while stretch := list(ids.filter(pk__gt=last)[size - 1 : size]):
        yield rows.filter(pk__gt=last, pk__lte=stretch[0])
        last = stretch[0]
    yield rows.filter(pk__gt=last)
