"""Health checks for the machines around the site: is the process alive, is it ready to serve?"""

import logging
import tempfile
import threading
import time
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from newsroom.backup.schedule import newest_backup

# In seconds, for all checks of one probe, which run side by side. A check that takes longer has
# failed, and is asked for its result again by the next probe instead of being started twice.
SECONDS = 0.8

# As much as shows that the disk has room; below that no comment could be stored either.
WRITTEN_BYTES = 64 * 1024

HOUR = timedelta(hours=1)

logger = logging.getLogger(__name__)


@require_safe
def alive(request):
    """The process answers. Nothing else is checked."""
    return _in_words("alive")


@require_safe
def ready(request):
    """
    Whether a request would find what it needs. The answer names failures; the log says why.

    With scheduled backups it adds a line with the age of the newest one, which decides nothing.
    The cache of Django is not asked: no request needs it.
    """
    deadline = time.monotonic() + SECONDS
    for check in [*READINESS_CHECKS, BACKUP]:
        check.start()
    failing = [
        check.name for check in READINESS_CHECKS if not check.works_before(deadline)
    ]
    details = _about_backups(deadline)
    if failing:
        words = f"not ready: {', '.join(failing)}{details}"
        response = _in_words(words, status=503)
        # Each check has logged why it fails.
        response._has_been_logged = True
        return response
    return _in_words(f"ready{details}")


def _about_backups(deadline):
    if settings.BACKUP_DIR is None:
        return ""
    # Its folder may be on a machine that hangs.
    if not BACKUP.works_before(deadline):
        return "\nbackup: unknown"
    age = BACKUP.result
    return f"\nbackup: {age // HOUR} hours old" if age is not None else "\nbackup: none"


class Check:
    """One of the checks, in a thread of its own: what hangs cannot be ended."""

    def __init__(self, function):
        self.name = function.__name__
        self._function = function
        self._lock = threading.Lock()
        self._run = None

    def start(self):
        """Begin the check, unless it still runs for an earlier probe."""
        with self._lock:
            if self._run is None or self._run.is_over.is_set():
                self._run = Run(self._function)

    def works_before(self, deadline):
        """Whether the check succeeds before this moment, in monotonic seconds."""
        run = self._run
        if not run.is_over.wait(max(0.0, deadline - time.monotonic())):
            logger.error("The %s gave no answer in time.", self.name)
            return False
        return run.works

    @property
    def result(self):
        """What the function returned in the last run."""
        return self._run.result


class Run:
    def __init__(self, function):
        self.is_over = threading.Event()
        self.works = False
        self.result = None
        self._function = function
        name = f"check-{function.__name__}"
        threading.Thread(target=self._check, name=name, daemon=True).start()

    def _check(self):
        try:
            self.result = self._function()
        except Exception as error:
            # In one line: probes come every few seconds.
            logger.error("The %s does not work: %r", self._function.__name__, error)
        else:
            self.works = True
        finally:
            # Nothing else closes the connection of this thread.
            connection.close()
            self.is_over.set()


def database():
    """The database answers, and has every migration of this code."""
    missing = _migrations_of_the_code() - set(
        MigrationRecorder(connection).applied_migrations()
    )
    if missing:
        raise LookupError(f"{len(missing)} migrations are missing")


@cache
def _migrations_of_the_code():
    loader = MigrationLoader(None)
    # A squashed migration counts as applied with those that it replaces.
    replaced = {key for each in loader.replacements.values() for key in each.replaces}
    return frozenset(loader.disk_migrations) - replaced


def disk():
    """Something can be written to each folder that the site writes to."""
    folders = {settings.VAR_DIR, Path(tempfile.gettempdir())}
    for folder in folders.union(_folders_of_the_database()):
        _write_into(folder)


def storage():
    """The storage of the pictures answers; a folder has room."""
    if isinstance(default_storage, FileSystemStorage):
        folder = Path(default_storage.location)
        while not folder.exists():
            folder = folder.parent
        _write_into(folder)
    else:
        default_storage.exists("readyz")


def backup_age():
    """The age of the newest scheduled backup as a timedelta; None if there is none."""
    newest = newest_backup()
    return newest and newest.age


def _folders_of_the_database():
    if connection.vendor == "sqlite":
        yield Path(connection.settings_dict["NAME"]).resolve().parent


def _write_into(folder):
    with tempfile.TemporaryFile(dir=folder, prefix=".readyz") as file:
        file.write(bytes(WRITTEN_BYTES))
        file.flush()


READINESS_CHECKS = [Check(database), Check(disk), Check(storage)]
BACKUP = Check(backup_age)


def _in_words(text, **kwargs):
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", **kwargs)
