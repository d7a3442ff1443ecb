"""Telling a full disk from other errors of files and databases."""

import errno
from collections.abc import Iterator

_FULL = {errno.ENOSPC, errno.EDQUOT}


def is_of_a_full_disk(error: BaseException | None) -> bool:
    """Whether this error, or one that caused it, says that a disk is full."""
    return any(_says_so(each) for each in chain_of(error))


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """The error, the one that caused it, and so on."""
    seen = set()
    while error is not None and error not in seen:
        seen.add(error)
        yield error
        error = error.__cause__ or error.__context__


def _says_so(error):
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    # SQLITE_FULL, and DiskFull of PostgreSQL (class 53, insufficient resources).
    return (
        getattr(error, "sqlite_errorname", "").startswith("SQLITE_FULL")
        or getattr(error, "sqlstate", None) == "53100"
    )
