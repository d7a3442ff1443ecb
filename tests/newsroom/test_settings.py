import ast
import json
import re
import stat
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from newsroom.settings import mailer_from
from tests.newsroom.conftest import Site

# As many as newsroom.server.rsgi.THREADS, which cannot be imported without a site; and /readyz.
THREADS_AND_PROBE = 16 + 1

REAL = {
    "TRUSTED_PROXIES": "127.0.0.1",
    "SITE_URL": "https://news.example.org",
    "SECRET_KEY": "k9%vQ2z!Lr8#Wn4^Tb6&Xp1*Ym3(Gd5)Hf7-Jc0=Ks+Ra@Ue~Oi",
    "MAIL_URL": "smtp+tls://desk:secret@mail.example.org:587",
}


@pytest.fixture
def place(tmp_path):
    """An empty site on SQLite with nothing set, whatever the database of this run."""
    return Site(tmp_path / "var")


def value_of(place, expression, **environment):
    run = place.python(
        "import json; from newsroom import settings; "
        f"print(json.dumps({expression}, default=str))",
        **environment,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def complaint_of(place, **environment):
    run = place.run("check", **environment)
    assert run.returncode != 0
    return run.complaints


def test_with_nothing_set_it_is_a_production_site(place):
    assert value_of(place, "settings.DEBUG") is False
    assert value_of(place, "settings.ALLOWED_HOSTS") == [
        "localhost",
        "127.0.0.1",
        "[::1]",
    ]
    assert "whitenoise" in value_of(
        place, "settings.STORAGES['staticfiles']['BACKEND']"
    )
    assert place.run("check").returncode == 0


# Read by the S3 library, not by settings.py.
READ_ELSEWHERE = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def settings_read():
    """The name of every variable that settings.py reads from the environment."""
    source = (settings.BASE_DIR / "newsroom" / "settings.py").read_text()
    readers = {"env", "flag", "whole_number", "one_of", "rhythm", "day", "from_url"}
    readers |= {"language_codes"}
    return {
        call.args[0].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", None) in readers
        and isinstance(call.args[0], ast.Constant)
    }


def test_the_example_of_the_environment_names_every_setting():
    example = (settings.BASE_DIR / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    assert named - READ_ELSEWHERE == settings_read()


def test_the_example_of_the_environment_can_be_used_as_it_is(place):
    example = (settings.BASE_DIR / ".env.example").read_text()
    named = dict(re.findall(r"^#([A-Z][A-Z0-9_]+)=(.+)$", example, re.MULTILINE))
    named["VAR_DIR"] = str(place.folder)
    named["DATABASE_URL"] = f"sqlite:///{place.folder}/newsroom.sqlite3"
    assert place.run("check", **named).returncode == 0


def test_the_folder_of_a_site_is_made_for_its_owner_only(tmp_path):
    site = Site(tmp_path / "var")
    assert site.run("check").returncode == 0
    assert stat.S_IMODE(site.folder.stat().st_mode) == 0o700


def test_the_secret_is_made_once_and_for_its_owner_only(place):
    secret = value_of(place, "settings.SECRET_KEY")
    file = place.folder / "secret_key"
    assert len(secret) > 60
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert value_of(place, "settings.SECRET_KEY") == secret == file.read_text()
    assert [path.name for path in place.folder.iterdir()] == ["secret_key"]


def test_first_starts_at_the_same_moment_share_one_secret(place):
    code = "from newsroom import settings; print(settings.SECRET_KEY)"
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=place.environment | {"PYTHONPATH": "."},
            stdout=subprocess.PIPE,
        )
        for _ in range(6)
    ]
    secrets = {start.communicate(timeout=60)[0] for start in starts}
    assert len(secrets) == 1
    assert all(len(secret) > 60 for secret in secrets)


def test_a_secret_of_the_environment_leaves_no_file(place):
    assert value_of(place, "settings.SECRET_KEY", SECRET_KEY="mine") == "mine"
    assert place.folder.is_dir()
    assert not (place.folder / "secret_key").exists()


def test_an_empty_secret_file_stops_the_start(place):
    place.folder.mkdir()
    (place.folder / "secret_key").touch()
    assert "Delete it to have a new one made" in complaint_of(place)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "flase"),
        ("SITE_URL", "news.example.org"),
        ("SITE_URL", "ftp://news.example.org"),
        ("SITE_URL", "https://[news"),
        ("SITE_URL", "https://news.example.org/below/a/path"),
        ("ALLOWED_HOSTS", "xn--ü.example"),
        ("DATABASE_URL", "mysql://desk:secret@db/newsroom"),
        ("DATABASE_URL", "postgres://desk:secret@db:port/newsroom"),
        ("CACHE_URL", "memory"),
        ("MAIL_URL", "pigeon://desk:secret@mail"),
        ("TIME_ZONE", "Mars"),
        ("LANGUAGES", "de german"),
        ("LANGUAGES", "de,fr"),
        ("LANGUAGES", "xx"),
        ("LANGUAGES", "de/"),
        ("PAGE_CACHE_SECONDS", "a while"),
        ("PAGE_CACHE_SECONDS", "-1"),
        ("COMMENT_POLICY", "ajar"),
        ("COMMENTS_CLOSE_AFTER_DAYS", "a fortnight"),
        ("COMMENTS_CLOSE_AFTER_DAYS", "-1"),
        ("SECOND_LOOKS", "101"),
        ("SECOND_LOOKS", "2.5"),
        ("HSTS_PRELOAD", "perhaps"),
        ("MODERATORS_MAIL", "weekly"),
        ("MODERATORS_MAIL", "waiting"),
        ("MODERATORS_MAIL", "waiting 0h"),
        ("MODERATORS_MAIL", "waiting 6"),
        ("MODERATORS_MAIL", "waiting -6h"),
        ("MODERATORS_MAIL", "waiting 99999h"),
        ("MODERATORS_MAIL", "waiting ²h"),
        ("DECIDE_BY_MAIL", "sometimes"),
        ("STAFF_SECOND_FACTOR", "asked"),
        ("STAFF_SECOND_FACTOR_FROM", "tomorrow"),
        ("STAFF_SECOND_FACTOR_FROM", "31.1.2027"),
        ("STAFF_SESSION_HOURS", "0"),
        ("STAFF_SESSION_HOURS", "half"),
        ("VAR_DIR", "/dev/null/var"),
    ],
)
def test_a_value_that_cannot_be_read_stops_the_start_with_its_name(place, name, value):
    [complaint] = complaint_of(place, **{name: value}).splitlines()
    assert name in complaint
    assert "secret" not in complaint


def test_sqlite_keeps_what_was_committed_and_waits_for_its_turn(place):
    pragmas = place.shell(
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    for name in ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout']:\n"
        "        print(cursor.execute(f'PRAGMA {name}').fetchone()[0])\n"
    )
    assert pragmas.split() == ["wal", "2", "1", "20000"]
    begins = place.shell(
        "from django.db import connection, transaction\n"
        "connection.force_debug_cursor = True\n"
        "with transaction.atomic(): pass\n"
        "print(connection.queries[0]['sql'])"
    )
    assert begins == "BEGIN IMMEDIATE"


def test_a_database_url_leads_to_postgresql_with_a_pool(place):
    database = value_of(
        place,
        "settings.DATABASES['default']",
        DATABASE_URL="postgres://a:b@db:5433/news",
    )
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "db",
        5433,
        "news",
    )
    assert database["OPTIONS"]["pool"]["max_size"] == THREADS_AND_PROBE


def test_a_real_site_passes_the_check_for_deployment(place):
    check = ["check", "--deploy", "--fail-level", "WARNING"]
    run = place.run(*check, **REAL)
    assert run.returncode == 0, run.complaints
    # The check works: it finds a value that was set.
    assert (
        "security.W009"
        in place.run(*check, **REAL | {"SECRET_KEY": "short"}).complaints
    )
    assert (
        "security.W004"
        in place.run(*check, **REAL | {"SITE_URL": "http://a.example"}).complaints
    )


def test_https_brings_secure_cookies_and_strict_transport(place):
    names = "[settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS]"
    assert value_of(place, names, **REAL) == [True, True, True, 31536000]
    assert value_of(place, names) == [False, False, False, 0]


def test_with_https_no_other_host_can_put_a_cookie_in_place_of_ours(place):
    kinds = ["SESSION", "CSRF", "MESSAGE", "BROWSER"]
    names = f"[{', '.join(f'settings.{kind}_COOKIE_NAME' for kind in kinds)}]"
    assert value_of(place, names, **REAL) == [
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Host-messages",
        "__Secure-signed_in_before",
    ]
    # Browsers refuse such names without https.
    plain = ["sessionid", "csrftoken", "messages", "signed_in_before"]
    assert value_of(place, names) == plain


def test_the_host_of_the_site_is_allowed_without_being_named_twice(place):
    assert "news.example.org" in value_of(place, "settings.ALLOWED_HOSTS", **REAL)
    chosen = value_of(
        place, "settings.ALLOWED_HOSTS", **REAL, ALLOWED_HOSTS="a.example b.example"
    )
    assert chosen == ["a.example", "b.example"]


def test_an_international_host_name_is_known_by_its_wire_name(place):
    names = (
        "[settings.SITE_URL, settings.ALLOWED_HOSTS[-1], settings.CSRF_TRUSTED_ORIGINS]"
    )
    wire = "xn--zrich-kva.example"
    for name in ["zürich.example", wire, "Zürich.Example"]:
        assert value_of(place, names, SITE_URL=f"https://{name}/") == [
            f"https://{wire}",
            wire,
            [f"https://{wire}"],
        ]
    hosts = value_of(place, "settings.ALLOWED_HOSTS", ALLOWED_HOSTS="zürich.example b")
    assert hosts == [wire, "b"]


def test_an_ipv6_address_can_be_the_host_of_the_site(place):
    hosts = value_of(
        place, "settings.ALLOWED_HOSTS", SITE_URL="http://[2001:db8::1]:8000"
    )
    assert hosts[-1] == "[2001:db8::1]"


def test_every_page_gives_up_what_it_does_not_need(client, db):
    headers = client.get("/healthz").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "private, no-store"


def test_conversations_are_open_for_ever_unless_the_site_says_otherwise(place):
    names = "[settings.COMMENT_POLICY, settings.COMMENTS_CLOSE_AFTER_DAYS]"
    assert value_of(place, names) == ["open", 0]
    assert value_of(
        place, names, COMMENT_POLICY="Held", COMMENTS_CLOSE_AFTER_DAYS="14"
    ) == ["held", 14]


def test_a_mail_url_names_server_account_and_encryption():
    mailer = mailer_from("smtp+tls://desk:p%40ss@mail.example.org:2525")
    assert mailer["BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    options = mailer["OPTIONS"]
    assert (options["host"], options["port"]) == ("mail.example.org", 2525)
    assert (options["username"], options["password"]) == ("desk", "p@ss")
    assert options["use_tls"]
    assert not options["use_ssl"]


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://mail", 25), ("smtp+tls://mail", 587), ("smtp+ssl://mail", 465)],
)
def test_mail_goes_to_the_usual_port_of_its_encryption(url, port):
    assert mailer_from(url)["OPTIONS"]["port"] == port


def test_without_a_mail_server_mails_are_files_and_no_log_lines(place):
    send = (
        "from django.core.mail import send_mail; "
        "send_mail('Your link', 'Here.', None, ['a@example.org'])"
    )
    for unset in [{}, {"MAIL_URL": ""}]:
        run = place.run("shell", "-v0", "-c", send, **unset)
        assert (run.returncode, run.printed, run.complaints) == (0, "", "")
    files = list((place.folder / "mail").iterdir())
    assert len(files) == 2
    assert all("Subject: Your link" in file.read_text() for file in files)


def test_a_check_warns_of_what_a_public_site_lacks(place):
    site = {name: REAL[name] for name in ["SITE_URL", "SECRET_KEY"]}
    run = place.run("check", "--deploy", "--fail-level", "WARNING", **site)
    assert run.returncode == 1
    assert "newsroom.W001" in run.complaints
    assert "newsroom.W002" in run.complaints


def test_mail_can_stay_on_this_machine():
    assert mailer_from("consolemail://") == {
        "BACKEND": "django.core.mail.backends.console.EmailBackend"
    }
    assert mailer_from("filemail:///srv/mail")["OPTIONS"] == {"file_path": "/srv/mail"}
    with pytest.raises(ImproperlyConfigured):
        mailer_from("pigeon://loft")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", "hourly"),
        ("At_Once", "at_once"),
        ("daily", "daily"),
        ("waiting  6H", "waiting 6h"),
    ],
)
def test_moderators_are_told_as_the_setting_says(place, text, value):
    environment = {"MODERATORS_MAIL": text} if text else {}
    assert value_of(place, "settings.MODERATORS_MAIL", **environment) == value


def test_of_a_hundred_automatic_decisions_two_are_looked_at_again(place):
    assert value_of(place, "settings.SECOND_LOOKS") == 2
    assert value_of(place, "settings.SECOND_LOOKS", SECOND_LOOKS="100") == 100


@pytest.mark.parametrize("switch", ["FOUR_EYES", "SHOW_CHANGES"])
def test_what_only_some_newsrooms_want_is_off_until_it_is_switched_on(place, switch):
    assert value_of(place, f"settings.{switch}") is False
    assert value_of(place, f"settings.{switch}", **{switch: "yes"}) is True


def test_further_languages_stand_behind_that_of_the_site(place):
    assert value_of(place, "settings.LANGUAGES") == [["en", "English"]]
    several = {"LANGUAGE_CODE": "de", "LANGUAGES": "fr de pt-BR fr de-at"}
    assert value_of(place, "settings.FURTHER_LANGUAGES", **several) == [
        "fr",
        "pt-br",
        "de-at",
    ]
    codes = "[code for code, name in settings.LANGUAGES]"
    assert value_of(place, codes, **several) == ["de", "fr", "pt-br", "de-at"]
