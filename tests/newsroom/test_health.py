FAILING_CACHE = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://:secret@127.0.0.1:9",
    }
}


def test_a_process_that_answers_is_alive_without_a_database(client):
    # Without the `db` fixture, a query would be an error.
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.content == b"alive\n"


def test_a_site_whose_parts_work_is_ready(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not there yet" / "media"
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.content == b"ready\n"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_what_fails_is_named_and_nothing_more(client, db, settings, tmp_path, caplog):
    (tmp_path / "media").write_text("a file where the folder should be")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CACHES = FAILING_CACHE
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content == b"not ready: cache, storage\n"
    assert "The cache does not work." in caplog.text


def test_a_database_that_does_not_answer_is_named(site):
    code = (
        "import django; django.setup(); from django.test import Client; "
        "answer = Client(HTTP_HOST='localhost').get('/readyz'); "
        "print(answer.status_code, answer.content.decode())"
    )
    run = site.python(code, DATABASE_URL="sqlite:////dev/null/newsroom.sqlite3")
    assert run.stdout.strip().splitlines()[-1] == "503 not ready: database"
    assert '"traceback"' in run.stdout


def test_a_storage_elsewhere_is_asked_not_looked_up_on_the_disk(client, db, settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    assert client.get("/readyz").content == b"ready\n"


def test_health_is_answered_without_https(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/").status_code == 301


def test_health_asks_the_database_once(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/healthz")
    with django_assert_num_queries(1):
        client.get("/readyz")


def test_health_is_only_read(client):
    assert client.post("/healthz").status_code == 405
