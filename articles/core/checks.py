"""The checks of the command `doctor`, for all apps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class DoctorFinding:
    """One fault in the data. `mend` repairs it; None when no machine can."""

    name: str
    sentence: str
    mend: Callable[[], None] | None = None


@dataclass(frozen=True)
class DoctorCheck:
    """One check of the database: `find` yields its findings."""

    title: str
    find: Callable[[], Iterable[DoctorFinding]]


def in_batches(rows, size):
    """Yield the rows as querysets of at most `size` rows each, by ranges of their ids."""
    rows = rows.order_by("pk")
    ids = rows.values_list("pk", flat=True)
    last = 0
    while batch_end := list(ids.filter(pk__gt=last)[size - 1 : size]):
        yield rows.filter(pk__gt=last, pk__lte=batch_end[0])
        last = batch_end[0]
    yield rows.filter(pk__gt=last)
