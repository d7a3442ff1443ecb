"""What counts as an outage, and whether this process has just met one."""

import errno
import time

from django.db import InterfaceError, OperationalError

# A failure is recent for this many seconds. Until then, requests need not find out again by
# waiting. Short, so that the return is noticed soon.
SECONDS_RECENT = 1.0

# SQLSTATE of a statement that took too long, and of a lock that was not free: the database
# is up, and other requests may succeed.
_OF_ONE_STATEMENT = {"57014", "55P03"}

# Key in the environ: the status, 503 or 507, if the server already knows that Django cannot
# answer.
UNAVAILABLE = "newsroom.unavailable"

_FULL = {errno.ENOSPC, errno.EDQUOT}

_last_failure = _last_failure_of_all = float("-inf")


def status_for(error: BaseException | None) -> int | None:
    """
    The status that the error deserves: 507 for a full disk, 503 for a database that is down.

    None for all other errors, which are faults of the code. The whole chain of causes counts.
    """
    while error is not None:
        if is_of_a_full_disk(error):
            return 507
        if isinstance(error, OperationalError | InterfaceError):
            # The cause may say that its disk is full.
            return 507 if _has_full_disk_behind(error) else 503
        error = error.__cause__ or error.__context__
    return None


def is_of_a_full_disk(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    # SQLITE_FULL, and DiskFull of PostgreSQL (class 53, insufficient resources).
    return (
        getattr(error, "sqlite_errorname", "").startswith("SQLITE_FULL")
        or getattr(error, "sqlstate", None) == "53100"
    )


def _has_full_disk_behind(error):
    cause = error.__cause__
    return cause is not None and is_of_a_full_disk(cause)


def note(error: BaseException) -> None:
    """A request failed with this error, for which `status_for` has a status."""
    global _last_failure, _last_failure_of_all  # noqa: PLW0603 (of the whole process)
    _last_failure = time.monotonic()
    if not _concerns_one_statement(error):
        _last_failure_of_all = _last_failure


def mark_unavailable(environ: dict) -> None:
    """Let Django answer this request with the page of an outage, without trying."""
    environ[UNAVAILABLE] = 503


def _concerns_one_statement(error):
    while error is not None:
        if getattr(error, "sqlstate", None) in _OF_ONE_STATEMENT:
            return True
        if getattr(error, "sqlite_errorname", None):
            # Readers go on while a file is locked, or its disk is full.
            return True
        error = error.__cause__ or error.__context__
    return False


def has_just_failed() -> bool:
    """Whether some request failed within the last second."""
    return time.monotonic() - _last_failure < SECONDS_RECENT


def is_down() -> bool:
    """Whether all requests that need the database would fail now."""
    return time.monotonic() - _last_failure_of_all < SECONDS_RECENT
