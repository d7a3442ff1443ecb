import os
import select
import signal
import sys
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from articles.core.parent_process import end_with_parent
from newsroom.ticking import tick

# In seconds, a little more than the hour for which the clock must be steady: see newsroom.clock.
SECONDS_PER_HOUR = 60 * 60 + 60


class Command(BaseCommand):
    help = "Do what is due: mails, and forgetting what need not be kept. Safe to run at any time, and again."

    def add_arguments(self, parser):
        parser.add_argument(
            "--every",
            type=int,
            metavar="SECONDS",
            help="go on, with this pause, until standard input is closed",
        )

    def handle(self, *, every, **options):
        if every is not None:
            return self._go_on(every)
        if failed := tick():
            raise CommandError(f"Failed, see the log: {', '.join(failed)}.")
        return None

    def _go_on(self, every):
        # A job that hangs does not see that standard input was closed.
        end_with_parent(os.getppid())
        # Ctrl+C reaches every process of a terminal, but the server says when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        thoroughly_at = time.monotonic()
        # The server may have ended while this process started.
        if _closed_within(0):
            return
        while True:
            is_due = time.monotonic() >= thoroughly_at
            if is_due:
                thoroughly_at = time.monotonic() + SECONDS_PER_HOUR
            tick(thoroughly=is_due)
            close_old_connections()
            if _closed_within(every):
                return


def _closed_within(seconds):
    """Wait up to this many seconds. Returns whether our standard input was closed meanwhile."""
    readable, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(readable) and not sys.stdin.buffer.read1(1)
