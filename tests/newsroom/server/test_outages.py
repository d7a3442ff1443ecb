"""The database fails under a real server: what readers, editors and probes see, and how soon."""

import json
import os
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
import pytest

from newsroom.server.database_waits import BoundedConnection, longest
from tests.newsroom.conftest import Site, wait_until
from tests.newsroom.server.database_faults import Database

pytestmark = pytest.mark.skipif(
    os.environ.get("NEWSROOM_TESTS_ON") == "postgresql",
    reason="starts a PostgreSQL of its own, so once is enough",
)

# In seconds.
AT_ONCE = 0.5
SOON = 3

FILL = """
import json
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
from django.test import Client
from articles.models import Article
articles = {}
# An article names its neighbours, and the kept one must not name the doomed one.
for name in ["kept", "middle", "doomed"]:
    article = Article(title=f"The {name} story", body="<p>Words.</p>")
    article.save()
    article.publish()
    articles[name] = [article.pk, article.get_absolute_url()]
client = Client()
client.force_login(get_user_model().objects.create_superuser("chief", password="x"))
session = client.cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps({"articles": articles, "session": session}))
"""


class Visitor:
    """Asks the server, and says how long the answer took."""

    def __init__(self, address, facts):
        self.host = address.removeprefix("http://")
        self.articles, self.session = facts["articles"], facts["session"]

    def ask(self, path, form=None, **headers):
        connection = HTTPConnection(self.host, timeout=30)
        begun = time.monotonic()
        body = urlencode(form).encode() if isinstance(form, dict) else form
        if form:
            form_type = {"Content-Type": "application/x-www-form-urlencoded"}
            headers = form_type | headers | {"Origin": f"http://{self.host}"}
        connection.request("POST" if form else "GET", path, body, headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        answer.seconds = time.monotonic() - begun
        connection.close()
        return answer

    def as_chief(self, path, form=None):
        secret = "s" * 32
        if form:
            form |= {"csrfmiddlewaretoken": secret}
        cookie = f"sessionid={self.session}; csrftoken={secret}"
        return self.ask(path, form, Cookie=cookie)

    def keep(self, *paths):
        for path in paths:
            assert self.ask(path).status == 200, path

    def is_ready(self):
        return self.ask("/readyz").status == 200


@pytest.fixture(scope="module")
def database():
    # Not in the folder of pytest: whatever other run starts makes that one private again, and
    # as root the server runs under another account, which must get to its files.
    with TemporaryDirectory(prefix="newsroom-database-") as folder:
        database = Database(Path(folder))
        yield database
        database.end()


@pytest.fixture(scope="module")
def visitor(database, collected, tmp_path_factory):
    folder = tmp_path_factory.mktemp("outages") / "var"
    shutil.copytree(collected, folder, copy_function=os.link)
    (folder / "secret_key").unlink()
    site = Site(folder, DATABASE_URL=database.url)
    filled = site.python(FILL)
    assert filled.returncode == 0, filled.stderr
    with site.served("--workers", 1) as (address, process):
        process.stdout_lines = []
        with ThreadPoolExecutor(1) as reader:
            # A full pipe would stop the server.
            reader.submit(process.stdout_lines.extend, process.stdout)
            yield Visitor(address, json.loads(filled.stdout.splitlines()[-1]))
            process.terminate()
            process.wait(60)


@pytest.fixture(params=["frozen", "stopped", "locked"])
def fault(request, database, visitor):
    wait_until(visitor.is_ready)
    return getattr(database, request.param)


def test_a_fault_of_the_database_is_survived(fault, visitor):
    key, kept = visitor.articles["kept"]
    visitor.keep("/", kept)
    assert visitor.as_chief("/admin/").status == 200
    style = re.search(r'href="(/static/[^"]+\.css)"', visitor.ask("/").text)[1]
    run = uuid4().hex
    with fault(), ThreadPoolExecutor(80) as readers:
        # What is kept
        begun = time.monotonic()
        for path in ["/", kept]:
            page = visitor.ask(path)
            assert page.status == 200
            assert page.seconds < SOON
            wait_until(lambda path=path: is_stale(visitor.ask(path)), seconds=5)
        page = visitor.ask(kept)
        assert "The kept story" in page.text
        assert is_stale(page)
        assert int(page.headers["Age"]) <= time.monotonic() - begun + 2

        # A crowd
        # Half of them ask for the same page.
        names = ["same" if number % 2 else uuid4().hex for number in range(60)]
        waiting = [
            readers.submit(visitor.ask, f"/articles/{run}-{name}/") for name in names
        ]
        for path in ["/healthz", style]:
            # Three attempts: other tests use the processor, too.
            answers = [visitor.ask(path) for _ in range(3)]
            assert {answer.status for answer in answers} == {200}
            assert min(answer.seconds for answer in answers) < AT_ONCE, path
        assert not all(each.done() for each in waiting)
        answers = [each.result() for each in waiting]
        for answer in answers:
            # Sixty clients in this very process share the processor with the server.
            assert_unavailable(answer, within=2 * SOON)
        assert sorted(answer.seconds for answer in answers)[30] < SOON

        # Forms
        words = {"name": "Ada", "email": "", "body": "Every <word> counts."}
        assert_unavailable(visitor.ask(f"{kept}comments/", words), "Every &lt;word&gt;")
        typed = {"title": "A “new” title", "body": "<p>Text</p>", "_save": "Save"}
        change = f"/admin/articles/article/{key}/change/"
        assert_unavailable(visitor.as_chief(change, typed), "A “new” title")
    begun = time.monotonic()
    wait_until(lambda: is_fresh(visitor.ask(kept)), seconds=SOON)
    assert time.monotonic() - begun < SOON


def test_a_probe_says_so_within_a_second(database, visitor):
    for fault in [database.frozen, database.stopped]:
        wait_until(visitor.is_ready)
        with fault():
            wait_until(lambda: not visitor.is_ready(), seconds=5)
            answer = visitor.ask("/readyz")
            assert answer.text == "not ready: database\n"
            assert answer.seconds < 1


def test_a_withdrawn_article_is_not_shown_again(database, visitor):
    wait_until(visitor.is_ready)
    key, doomed = visitor.articles["doomed"]
    kept = visitor.articles["kept"][1]
    visitor.keep("/", doomed, kept)
    gone = visitor.as_chief(
        f"/admin/articles/article/{key}/steps/withdraw/",
        {"kind": "gone", "notice": "Sorry", "reason": "A lawyer wrote"},
    )
    assert gone.status == 302, gone.text
    with database.stopped():
        wait_until(lambda: is_stale(visitor.ask(kept)), seconds=5)
        # The front page named it, and nobody has looked at either since.
        for path in [doomed, "/"]:
            assert_unavailable(visitor.ask(path))


def test_a_process_of_the_server_that_hangs_alone_is_given_up(database):
    class Impatient(BoundedConnection):
        most_seconds = 0.3

    with Impatient.connect(database.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError, match="takes too long"):
            connection.execute("SELECT pg_sleep(20)")
        assert connection.closed
    assert longest() == 0


def test_a_server_that_works_is_waited_for(database, monkeypatch):
    monkeypatch.setattr("newsroom.server.database_waits.SILENT_SECONDS", 0.1)
    with BoundedConnection.connect(database.url) as connection:
        assert connection.execute("SELECT 7 FROM pg_sleep(0.8)").fetchone() == (7,)


def is_stale(answer):
    return (
        answer.status == 200
        and answer.headers["Age"]
        and "detail=stale" in answer.headers["Cache-Status"]
    )


def is_fresh(answer):
    return answer.status == 200 and answer.headers["Age"] is None


def assert_unavailable(answer, *words, within=SOON):
    assert answer.status == 503, (answer.status, answer.seconds, answer.text[:300])
    assert answer.seconds < within
    assert answer.headers["Retry-After"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert 'class="masthead' in answer.text
    for word in words:
        assert word in answer.text
