"""Concurrent transactions: work in other threads, and waiting for locks."""

from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite has one lock for everything that is written",
)

# In seconds; a longer wait is a failure.
LONGEST = 20


@contextmanager
def held_open(work):
    """Do the work in a transaction on another connection, which stays open until the block ends."""
    ready, done, problems = Event(), Event(), []

    def run():
        try:
            with transaction.atomic():
                work()
                ready.set()
                done.wait(LONGEST)
        except Exception as error:
            problems.append(error)
        finally:
            ready.set()
            connection.close()

    thread = Thread(target=run)
    thread.start()
    try:
        assert ready.wait(LONGEST)
        assert not problems, problems
        yield
    finally:
        done.set()
        thread.join(LONGEST)
    assert not problems, problems


class Beside:
    """Work in a thread of its own. After `join`, `result` is what it returned or raised."""

    def __init__(self, work):
        self.result = None

        def run():
            try:
                self.result = work()
            except Exception as error:
                self.result = error
            finally:
                connection.close()

        self._thread = Thread(target=run)
        self._thread.start()

    def join(self):
        self._thread.join(LONGEST)
        assert not self._thread.is_alive()
        return self.result

    def waits(self):
        """Whether PostgreSQL says that the work waits for a lock, rather than being finished."""
        end = monotonic() + LONGEST
        while self._thread.is_alive() and monotonic() < end:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
                if cursor.fetchone():
                    return True
            sleep(0.01)
        return False
