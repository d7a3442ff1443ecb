"""Changing many rows in small transactions, so that nobody else waits long for a lock."""

from contextlib import contextmanager
from time import monotonic, sleep

from django.db import connection

# The most rows of one transaction: a few milliseconds.
BATCH = 500
# The most transactions of one call; the next call goes on.
MOST_BATCHES = 20
# In seconds: the interval at which SQLite checks whether a lock has become free.
LONGEST_PAUSE = 0.1


@contextmanager
def pausing_for_other_writers():
    """
    Pause after the block for as long as it took, at most LONGEST_PAUSE.

    SQLite has one write lock and no queue for it. Without pauses many small transactions
    would keep the lock, and a reader's comment would wait until it times out.
    """
    start = monotonic()
    yield
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        sleep(min(monotonic() - start, LONGEST_PAUSE))


def delete_in_batches(rows, *, most=MOST_BATCHES):
    """Delete these rows, a queryset; at most `most` batches. Returns how many were deleted."""
    return change_in_batches(rows, lambda batch: batch.delete()[0], most=most)


def change_in_batches(rows, change, *, most=MOST_BATCHES):
    """
    Call `change` with batches of the rows until none is left; at most `most` times.

    `rows` is a queryset of what is to be changed, so that a changed row is no longer in it.
    Its condition is asked again in the statement that changes a batch. Returns the sum of
    what `change` returns.
    """
    total = 0
    for _ in range(most):
        keys = list(rows.order_by().values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        with pausing_for_other_writers():
            total += change(rows.order_by().filter(pk__in=keys))
        if len(keys) < BATCH:
            break
    return total
