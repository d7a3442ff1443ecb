import threading
import time
from datetime import UTC, timedelta

import pytest
from django.core.files.storage import InMemoryStorage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from newsroom import health
from newsroom.backup.schedule import NAME

FAILING_CACHE = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://:secret@127.0.0.1:9",
    }
}


class HangingStorage(InMemoryStorage):
    """A store that accepts requests and does not answer, until it is told to."""

    answers = threading.Event()

    def exists(self, name):
        return self.answers.wait(30)


@pytest.fixture(autouse=True)
def _known_migrations():
    # Reading them takes a moment, which must not count in a test.
    health._migrations_of_the_code()


def test_a_process_that_answers_is_alive_without_a_database(client):
    # Without the `db` fixture, a query would be an error.
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.content == b"alive\n"


def test_a_site_whose_parts_work_is_ready(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not there yet" / "media"
    answer = client.get("/readyz")
    assert answer.content == b"ready\n"
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not list(tmp_path.iterdir())


def test_what_fails_is_named_and_nothing_more(client, db, settings, tmp_path, caplog):
    (tmp_path / "media").write_text("a file where the folder should be")
    settings.MEDIA_ROOT = tmp_path / "media"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content == b"not ready: storage\n"
    assert "The storage does not work: NotADirectoryError" in caplog.text


def test_a_cache_that_no_request_uses_need_not_work(client, db, settings):
    settings.CACHES = FAILING_CACHE
    assert client.get("/readyz").status_code == 200


def test_a_database_that_does_not_answer_is_named(site):
    code = (
        "import django; django.setup(); from django.test import Client; "
        "answer = Client(HTTP_HOST='localhost').get('/readyz'); "
        "print(answer.status_code, answer.content.decode())"
    )
    run = site.python(code, DATABASE_URL="sqlite:////dev/null/newsroom.sqlite3")
    assert run.stdout.strip().splitlines()[-1] == "503 not ready: database, disk"
    assert "unable to open database file" in run.stdout
    assert '"traceback"' not in run.stdout


@pytest.mark.django_db(transaction=True)
def test_a_missing_migration_is_noticed(client):
    assert client.get("/readyz").status_code == 200
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("articles", "0001_initial")
    try:
        assert client.get("/readyz").content == b"not ready: database\n"
    finally:
        recorder.record_applied("articles", "0001_initial")
    assert client.get("/readyz").status_code == 200


def test_a_storage_elsewhere_is_asked_not_looked_up_on_the_disk(client, db, settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    assert client.get("/readyz").content == b"ready\n"


def test_a_store_that_hangs_is_named_in_time_and_asked_once(client, db, settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{__name__}.HangingStorage"}
    }
    HangingStorage.answers.clear()
    asking = [each.name for each in threading.enumerate()].count("check-storage")
    for _ in range(2):
        begun = time.monotonic()
        assert client.get("/readyz").content == b"not ready: storage\n"
        assert time.monotonic() - begun < 1
    names = [each.name for each in threading.enumerate()]
    assert names.count("check-storage") == asking + 1
    HangingStorage.answers.set()
    deadline = time.monotonic() + 10
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline


def test_health_is_answered_without_https(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/").status_code == 301


def test_health_asks_no_database_in_its_own_thread(
    client, db, django_assert_num_queries
):
    with django_assert_num_queries(0):
        client.get("/healthz")
        client.get("/readyz")


def test_health_is_only_read(client):
    assert client.post("/healthz").status_code == 405


def test_ready_says_how_old_the_newest_backup_is(client, db, settings, tmp_path):
    assert client.get("/readyz").text == "ready\n"
    settings.BACKUP_DIR = tmp_path
    assert client.get("/readyz").text == "ready\nbackup: none\n"
    at = timezone.now() - timedelta(hours=5, minutes=10)
    (tmp_path / f"{at.astimezone(UTC):{NAME}}").touch()
    assert client.get("/readyz").text == "ready\nbackup: 5 hours old\n"
