"""What counts as an outage, and whether this process has just met one."""

import time

from django.db import InterfaceError, OperationalError

from articles.core.full_disk import chain_of, is_of_a_full_disk

# A failure is recent for this many seconds. Until then, requests need not find out again by
# waiting. Short, so that the return is noticed soon.
SECONDS_RECENT = 1.0

# SQLSTATE of a statement that took too long, and of a lock that was not free: the database
# is up, and other requests may succeed.
_OF_ONE_STATEMENT = {"57014", "55P03"}

# Key in the environ: the status, 503 or 507, if the server already knows that Django cannot
# answer.
UNAVAILABLE = "newsroom.unavailable"

# Connections that fail, and answers that do not come.
_STORE_ERRORS = {
    "botocore.exceptions.ConnectionError",
    "botocore.exceptions.HTTPClientError",
}

_last_failure = _last_failure_of_all = float("-inf")


def status_for(error: BaseException | None) -> int | None:
    """
    The status that the error deserves: 507 for a full disk, 503 for a service that is down.

    That is the database, or the store of the pictures. None for all other errors, which are
    faults of the code. The whole chain of causes counts.
    """
    errors = list(chain_of(error))
    if is_of_a_full_disk(error):
        return 507
    if any(_is_of_the_database(each) or _is_of_a_store(each) for each in errors):
        return 503
    return None


def _is_of_the_database(error):
    # SQLite also calls a missing table or column operational, which is a fault of the code.
    cause = getattr(error.__cause__, "sqlite_errorname", "")
    return (
        isinstance(error, OperationalError | InterfaceError) and cause != "SQLITE_ERROR"
    )


def _is_of_a_store(error):
    # By name, because botocore is only there with the extra `s3`.
    return any(
        f"{each.__module__}.{each.__name__}" in _STORE_ERRORS
        for each in type(error).__mro__
    )


def note(error: BaseException) -> None:
    """A request failed with this error. Remembered if it is one of the database."""
    global _last_failure, _last_failure_of_all  # noqa: PLW0603 (of the whole process)
    errors = list(chain_of(error))
    if not any(_is_of_the_database(each) for each in errors):
        return
    _last_failure = time.monotonic()
    if not any(_concerns_one_statement(each) for each in errors):
        _last_failure_of_all = _last_failure


def mark_unavailable(environ: dict) -> None:
    """Let Django answer this request with the page of an outage, without trying."""
    environ[UNAVAILABLE] = 503


def _concerns_one_statement(error):
    return (
        getattr(error, "sqlstate", None) in _OF_ONE_STATEMENT
        # Readers go on while an SQLite file is locked, or its disk is full.
        or getattr(error, "sqlite_errorname", None) is not None
    )


def has_just_failed() -> bool:
    """Whether some request failed within the last second."""
    return time.monotonic() - _last_failure < SECONDS_RECENT


def is_down() -> bool:
    """Whether all requests that need the database would fail now."""
    return time.monotonic() - _last_failure_of_all < SECONDS_RECENT
