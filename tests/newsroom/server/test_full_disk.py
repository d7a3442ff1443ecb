"""A full disk under a real server: no words are lost, and no half file stays."""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image as Drawing

from tests.newsroom.conftest import Site, wait_until
from tests.newsroom.server.test_outages import Visitor

pytestmark = pytest.mark.skipif(
    os.environ.get("NEWSROOM_TESTS_ON") == "postgresql",
    reason="the database is a file on the full disk",
)

FILL = """
import json
import django; django.setup()
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from articles.models import Article
article = Article(title="The kept story", body="<p>Words.</p>")
article.save()
article.publish()
client = Client()
client.force_login(get_user_model().objects.create_superuser("chief", password="x"))
session = client.cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps({"articles": {"kept": [article.pk, article.get_absolute_url()]}, "session": session}))
"""

LIMIT = "0123456789"
# Of noise, so that it stays large when it is encoded anew.
WIDTH, HEIGHT = 200, 150


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A real file system of a few megabytes."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    made = shutil.which("mount") and subprocess.run(mount, capture_output=True)
    if not made or made.returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def visitor(disk, migrated, collected, tmp_path_factory):
    folder = tmp_path_factory.mktemp("full") / "var"
    shutil.copytree(collected, folder, copy_function=os.link)
    (folder / "secret_key").unlink()
    (disk / "media").mkdir()
    (folder / "media").symlink_to(disk / "media")
    shutil.copy(migrated, disk / "newsroom.sqlite3")
    site = Site(folder, DATABASE_URL=f"sqlite:///{disk}/newsroom.sqlite3")
    filled = site.python(FILL)
    assert filled.returncode == 0, filled.stderr
    with site.served("--workers", 1) as (address, _):
        yield Visitor(address, json.loads(filled.stdout.splitlines()[-1]))


@contextmanager
def full(disk):
    filler = disk / "filler"
    try:
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(bytes(4096))
                    file.flush()
            except OSError:
                pass
        yield
    finally:
        filler.unlink()


def files_in(folder):
    return {path for path in folder.rglob("*") if path.is_file()}


class Fields(HTMLParser):
    """What a browser would send of the forms of a page without files."""

    def __init__(self):
        super().__init__()
        self.values, self._name = {}, None

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        name, kind = about.get("name"), about.get("type")
        if tag == "input" and kind not in {"submit", "file", "radio"}:
            if name and (kind != "checkbox" or "checked" in about):
                self.values[name] = about.get("value") or ""
        elif tag in {"textarea", "select"} and name:
            self._name, self.values[name] = name, ""
        elif tag == "option" and "selected" in about and self._name:
            self.values[self._name] = about.get("value")

    def handle_endtag(self, tag):
        if tag in {"textarea", "select"}:
            self._name = None

    def handle_data(self, data):
        if self._name and self.lasttag == "textarea":
            self.values[self._name] += data


def fields_in(page):
    parser = Fields()
    parser.feed(page)
    return parser.values | {"_save": "Save"}


def picture():
    file = BytesIO()
    noise = os.urandom(3 * WIDTH * HEIGHT)
    Drawing.frombytes("RGB", (WIDTH, HEIGHT), noise).save(file, "PNG")
    return file.getvalue()


def upload(visitor):
    secret = "s" * 32
    part = f"--{LIMIT}\r\nContent-Disposition: form-data; name="
    token = f'{part}"csrfmiddlewaretoken"\r\n\r\n{secret}\r\n'
    head = f'{part}"files"; filename="harbour.png"\r\nContent-Type: image/png\r\n\r\n'
    body = (token + head).encode() + picture() + f"\r\n--{LIMIT}--\r\n".encode()
    return visitor.ask(
        "/admin/articles/image/add/",
        body,
        Cookie=f"sessionid={visitor.session}; csrftoken={secret}",
        **{"Content-Type": f"multipart/form-data; boundary={LIMIT}"},
    )


def assert_words_are_back(answer, *words):
    assert answer.status in {503, 507}, (answer.status, answer.text[:500])
    assert answer.headers["Retry-After"]
    for word in words:
        assert word in answer.text
    return answer


def test_a_full_disk_loses_no_words(visitor, disk):
    key, kept = visitor.articles["kept"]
    visitor.keep(kept)
    change = f"/admin/articles/article/{key}/change/"
    typed = {"title": "A “new” title", "body": "<p>Every word</p>" * 200}
    comment = {"name": "Ada", "email": "", "body": "Every <word> counts. " * 100}
    pictures = files_in(disk / "media")
    with full(disk):
        page = visitor.ask(kept)
        assert page.status == 200
        answer = visitor.ask(f"{kept}comments/", comment)
        assert_words_are_back(answer, "Every &lt;word&gt; counts.", "Ada")
        assert "The disk of this site is full" in answer.text
        answer = visitor.as_chief(
            f"/admin/articles/article/{key}/unsaved/keep/", dict(typed)
        )
        assert_words_are_back(answer, "A “new” title")
        form = fields_in(visitor.as_chief(change).text)
        answer = visitor.as_chief(change, form | typed)
        assert_words_are_back(answer, "A “new” title", "Every word")
        answer = upload(visitor)
        assert_words_are_back(answer, 'type="file"', 'name="files"')
        assert files_in(disk / "media") == pictures
        answer = visitor.ask("/readyz")
        assert (answer.status, answer.text) == (503, "not ready: disk, storage\n")
        assert answer.seconds < 1
    wait_until(visitor.is_ready, seconds=10)
    assert visitor.ask(f"{kept}comments/", comment).status == 303
    assert upload(visitor).status == 200
    assert len(files_in(disk / "media")) > len(pictures)
