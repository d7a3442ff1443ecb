"""One backup a day in BACKUP_DIR, and which of them are kept."""

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsroom.backup import schedule
from newsroom.backup.errors import BackupError
from newsroom.backup.schedule import (
    NAME,
    back_up_when_due,
    make_scheduled_backup,
    newest_backup,
    scheduled_backups,
    to_keep,
)
from newsroom.health import backup_age
from tests.factories import make_user
from tests.newsroom.backup.conftest import manifest_of
from tests.newsroom.conftest import wait_until

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path, settings):
    settings.BACKUP_DIR = tmp_path / "backups"
    return settings.BACKUP_DIR


@pytest.fixture
def started(monkeypatch):
    """The locks with which `tick` has started a process."""
    found = []
    monkeypatch.setattr(schedule, "_start", found.append)
    return found


def put_backup(folder, at):
    folder.mkdir(exist_ok=True)
    path = folder / at.strftime(NAME)
    path.write_bytes(b"x" * 2048)
    return path


def days(*numbers):
    return {NOON - timedelta(days=number) for number in numbers}


def test_of_two_years_seven_days_four_weeks_and_twelve_months_are_kept():
    kept = to_keep(days(*range(730)))
    assert days(*range(7)) <= kept
    # Sundays, the last days of the weeks before; 30 November 2026 is a Monday.
    assert days(1, 8, 15) <= kept
    months = {(at.year, at.month) for at in kept}
    assert months == {(2026, month) for month in range(1, 12)} | {(2025, 12)}
    assert len(kept) == 7 + 2 + 11


def test_several_of_a_day_count_as_one():
    kept = to_keep(NOON - timedelta(hours=hours) for hours in range(12))
    assert kept == {NOON}


def test_the_only_one_is_kept_however_old():
    assert to_keep(days(5000)) == days(5000)
    assert to_keep([]) == set()


@pytest.mark.parametrize(
    ("last", "now", "is_due"),
    [
        (None, "2026-11-30 12:00", True),
        ("2026-11-30 02:10", "2026-11-30 03:00", True),
        ("2026-11-30 02:10", "2026-11-30 02:50", False),
        ("2026-11-29 03:00", "2026-11-30 02:59", False),
        ("2026-11-29 03:00", "2026-11-30 03:01", True),
        ("2026-11-30 03:01", "2026-11-30 23:00", False),
        ("2026-11-20 03:01", "2026-11-30 01:00", True),
        ("2031-01-01 03:01", "2026-11-30 12:00", True),
    ],
)
def test_it_is_due_once_a_day_at_three(folder, started, settings, last, now, is_due):
    settings.TIME_ZONE = "Europe/Vienna"
    in_vienna = timezone.get_default_timezone()
    if last:
        at = datetime.fromisoformat(last).replace(tzinfo=in_vienna)
        put_backup(folder, at.astimezone(UTC))
    now = datetime.fromisoformat(now).replace(tzinfo=in_vienna)
    with time_machine.travel(now, tick=False):
        back_up_when_due()
    assert bool(started) == is_due


def test_without_the_setting_nothing_happens(settings, started):
    settings.BACKUP_DIR = None
    back_up_when_due()
    assert not started
    assert newest_backup() is None
    assert backup_age() is None


def test_a_folder_that_cannot_be_made_is_told(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.BACKUP_DIR = tmp_path / "file" / "backups"
    with pytest.raises(BackupError, match="BACKUP_DIR: nothing can be written"):
        back_up_when_due()


def test_a_tick_starts_one_and_does_not_wait_for_it(ready_site, tmp_path):
    folder = tmp_path / "backups"
    began = time.monotonic()
    process = ready_site.start(
        "tick", "--every=1", stdin=subprocess.PIPE, BACKUP_DIR=str(folder)
    )
    wait_until(lambda: any(folder.glob("newsroom-*.tar")))
    # Several ticks later there is still one, and the tick ends as ever.
    ticked = (
        "from newsroom.models import *; print(Ticking.objects.get().at.isoformat())"
    )
    at = ready_site.shell(ticked)
    wait_until(lambda: ready_site.shell(ticked) > at)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert time.monotonic() > began
    [path] = folder.glob("newsroom-*.tar")
    assert manifest_of(path).version == "0.1.0"
    assert not list(folder.glob("*.unfinished"))
    assert json.loads((folder / ".last_attempt.json").read_text())["error"] == ""


def test_while_one_runs_no_other_is_started(folder, started):
    with schedule._lock_of(folder) as lock:
        assert lock is not None
        back_up_when_due()
        with pytest.raises(BackupError, match="Another process"):
            make_scheduled_backup()
    assert not started


def test_old_ones_are_removed_after_a_new_one_and_other_files_stay(
    transactional_db, folder, capsys
):
    for number in range(1, 40):
        put_backup(folder, timezone.now() - timedelta(days=number))
    other = folder / "before-upgrade-newsroom-20200101-000000.tar"
    other.touch()
    call_command("scheduled_backup")
    assert "removed: newsroom-" in capsys.readouterr().out
    kept = scheduled_backups(folder)
    assert 8 <= len(kept) <= 12
    assert kept[0].age < timedelta(minutes=5)
    assert other.exists()
    # The new one is a real one.
    assert manifest_of(kept[0].path).tables


def test_a_failure_removes_nothing_is_told_by_the_job_and_tried_again_later(
    db, folder, started, monkeypatch
):
    two_days_ago = timezone.now() - timedelta(days=2)
    old = [put_backup(folder, two_days_ago - timedelta(days=n)) for n in range(40)]

    def fail(path, **kwargs):
        raise BackupError("The disk is full.")

    monkeypatch.setattr(schedule, "back_up", fail)
    with pytest.raises(CommandError, match="disk is full"):
        call_command("scheduled_backup")
    assert all(path.exists() for path in old)
    monkeypatch.undo()
    monkeypatch.setattr(schedule, "_start", started.append)
    with pytest.raises(BackupError, match="disk is full"):
        back_up_when_due()
    assert not started
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        back_up_when_due()
    assert started


def page(client):
    client.force_login(make_user(role="Editors"))
    return client.get("/admin/health/").content.decode()


def test_the_status_page_shows_age_and_size(db, folder, client):
    assert "no backup has been made yet" in page(client)
    put_backup(folder, timezone.now() - timedelta(hours=5))
    text = page(client).replace("\xa0", " ")
    assert "5 hours ago" in text
    assert "2.0 KB" in text
    assert ">Late<" not in text
    assert timedelta(hours=5) <= backup_age() < timedelta(hours=5, minutes=1)


def test_the_status_page_warns_of_an_old_one(db, folder, client):
    put_backup(folder, timezone.now() - timedelta(hours=31))
    assert ">Late<" in page(client)


def test_the_status_page_says_when_none_is_made(db, settings, client):
    settings.BACKUP_DIR = None
    assert "the setting BACKUP_DIR is not set" in page(client)
