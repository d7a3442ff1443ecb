"""
One backup a day in the folder BACKUP_DIR, and removing those that are not kept any longer.

`tick` starts a process of its own for it after QUIET_HOUR, so that no other job waits. The lock
of the folder is held as long as that process lives: it is handed over when the process starts.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import locks
from django.utils import timezone

from newsroom.backup.create import back_up, remove_unfinished
from newsroom.backup.errors import BackupError
from newsroom.backup.manifest import Counter, Outcome, count_nothing

# At this hour, in TIME_ZONE, the day's backup is due. A site has the fewest readers then.
QUIET_HOUR = 3
# How many of the newest backups of a day, a week and a month are kept.
DAILY, WEEKLY, MONTHLY = 7, 4, 12
# The status page warns when the newest backup is older: one was left out, with time to finish.
LATE_AFTER = timedelta(hours=30)
# A backup that failed is tried again after this time.
PAUSE = timedelta(hours=1)

# The time in the name is UTC.
NAME = "newsroom-%Y%m%d-%H%M%S.tar"
LOCK = ".lock"
# The result of the last attempt: when, and the error, which is empty if it went well.
LAST_ATTEMPT = ".last_attempt.json"

# Backups that this process has started and that may still run.
_running: list[subprocess.Popen] = []


@dataclass(frozen=True)
class ScheduledBackup:
    """A backup in the folder: its path, when it was begun, its size in bytes."""

    path: Path
    at: datetime
    size: int

    @property
    def age(self) -> timedelta:
        return timezone.now() - self.at

    @property
    def is_late(self) -> bool:
        return self.age > LATE_AFTER


def scheduled_backups(folder: Path) -> list[ScheduledBackup]:
    """The scheduled backups in the folder, newest first. Other files there are left alone."""
    found = []
    for path in folder.glob("newsroom-*.tar"):
        with suppress(ValueError, FileNotFoundError):
            at = datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
            found.append(ScheduledBackup(path, at, path.stat().st_size))
    return sorted(found, key=lambda backup: backup.at, reverse=True)


def newest_backup() -> ScheduledBackup | None:
    """The newest backup in BACKUP_DIR; None without the setting, or without a backup."""
    if settings.BACKUP_DIR is None:
        return None
    return next(iter(scheduled_backups(settings.BACKUP_DIR)), None)


def back_up_when_due():
    """
    Start the day's backup in a process of its own, if it is due and none is running.

    A job of `tick`: it only looks at a folder. Raises BackupError with the sentence of the
    last attempt while that failed, and does not try again before PAUSE has passed.
    """
    _forget_finished()
    folder = settings.BACKUP_DIR
    if folder is None:
        return
    with _lock_of(folder) as lock:
        if lock is None or not _is_due(folder):
            return
        failed_at, error = _last_attempt(folder)
        if error and timezone.now() - failed_at < PAUSE:
            raise BackupError(error)
        _start(lock)


def _is_due(folder):
    # One from the future, which a wrong clock has made, must not put off those of each day.
    made = [b.at for b in scheduled_backups(folder) if b.at <= timezone.now()]
    return not made or made[0] < _last_quiet_hour()


def _last_quiet_hour():
    now = timezone.localtime()
    hour = now.replace(hour=QUIET_HOUR, minute=0, second=0, microsecond=0)
    return hour if hour <= now else hour - timedelta(days=1)


def _start(lock):
    command = [
        sys.executable,
        os.fspath(settings.BASE_DIR / "manage.py"),
        "scheduled_backup",
        f"--lock={lock}",
    ]
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, pass_fds=[lock]
    )
    _running.append(process)


def _forget_finished():
    _running[:] = [process for process in _running if process.poll() is None]


class _lock_of:
    """The descriptor of the folder's lock, held; None while somebody else holds it."""

    def __init__(self, folder):
        self._folder, self._file = folder, None

    def __enter__(self):
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = (self._folder / LOCK).open("wb")
        except OSError as error:
            raise BackupError(
                f"BACKUP_DIR: nothing can be written to {self._folder}: {error.strerror}."
            ) from error
        if not locks.lock(self._file, locks.LOCK_EX | locks.LOCK_NB):
            return None
        return self._file.fileno()

    def __exit__(self, *error):
        # Closing, not unlocking: a process that has the descriptor as well keeps the lock.
        self._file.close()


def make_scheduled_backup(
    *, has_lock: bool = False, counter: Counter = count_nothing
) -> tuple[Path, Outcome, list[Path]]:
    """
    Make a backup in BACKUP_DIR now. Returns its path, what it holds, and what was removed.

    Raises BackupError, also without BACKUP_DIR and while another one is made.
    """
    folder = settings.BACKUP_DIR
    if folder is None:
        raise BackupError(
            "BACKUP_DIR is not set: there is no folder for scheduled backups."
        )
    if has_lock:
        return _make_and_remove(folder, counter)
    with _lock_of(folder) as lock:
        if lock is None:
            raise BackupError("Another process is making a scheduled backup.")
        return _make_and_remove(folder, counter)


def _make_and_remove(folder, counter):
    now = timezone.now()
    path = folder / now.astimezone(UTC).strftime(NAME)
    try:
        outcome = back_up(path, counter=counter)
    except Exception as error:
        # Of other errors only the type: their messages may hold addresses or passwords.
        known = isinstance(error, BackupError)
        _note_attempt(folder, str(error) if known else type(error).__name__)
        raise
    _note_attempt(folder, "")
    return path, outcome, _remove_old(folder)


def _remove_old(folder):
    remove_unfinished(folder)
    backups = {backup.at: backup.path for backup in scheduled_backups(folder)}
    old = [backups[at] for at in sorted(backups.keys() - to_keep(backups))]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def to_keep(times: Iterable[datetime]) -> set[datetime]:
    """The newest of each of the last days, weeks and months that have one, in TIME_ZONE."""
    kept = set()
    newest_first = sorted(times, reverse=True)
    rules: list[tuple[int, Callable]] = [
        (DAILY, lambda day: day),
        (WEEKLY, lambda day: day.isocalendar()[:2]),
        (MONTHLY, lambda day: (day.year, day.month)),
    ]
    for most, span_of in rules:
        spans = {}
        for at in newest_first:
            spans.setdefault(span_of(timezone.localdate(at)), at)
        kept.update(list(spans.values())[:most])
    return kept


def _note_attempt(folder, error):
    said = json.dumps({"at": timezone.now().isoformat(), "error": error})
    # A full disk: the file is an extra, and the error itself is in the log.
    with suppress(OSError):
        draft = folder / f"{LAST_ATTEMPT}.new"
        draft.write_text(said)
        draft.replace(folder / LAST_ATTEMPT)


def _last_attempt(folder):
    """When the last attempt ended, and its error; None and no error if there was none."""
    try:
        said = json.loads((folder / LAST_ATTEMPT).read_text())
        return datetime.fromisoformat(said["at"]), str(said["error"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, ""
