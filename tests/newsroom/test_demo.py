import fcntl
import json
import logging
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
from contextlib import contextmanager, suppress
from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management.base import OutputWrapper

from articles.models import Article, Correction, CorrectionRequest
from comments.models import Comment, Thread
from newsroom.demo import load, static_files
from newsroom.demo.conversations import CONVERSATIONS
from newsroom.demo.progress import DemoProgress, log_kept_in
from newsroom.demo.stories import ARTICLES, STORIES
from tests.factories import make_article
from tests.newsroom.conftest import (
    ROOT,
    ask,
    free_port,
    is_served,
    taken_port,
    wait_until,
)


@pytest.fixture(scope="module")
def loaded(module_db):
    """The demo, loaded once for all tests that look at it."""
    load.load()
    return module_db


@pytest.fixture
def demo(loaded, db, settings):
    settings.MEDIA_ROOT = loaded


def content():
    """Everything that loading a second time might duplicate."""
    return (
        list(Article.objects.order_by("pk").values_list("pk", "slug", "status")),
        list(Comment.objects.order_by("pk").values_list("pk", "body", "status")),
        Article.tags.through.objects.count(),
        Article.byline.through.objects.count(),
        User.objects.count(),
    )


def test_every_screen_has_something_to_show(demo):
    assert Article.objects.visible().count() >= 12
    assert Article.objects.scheduled().count() == 1
    statuses = set(Article.objects.values_list("status", flat=True))
    assert statuses == set(Article.Status.values)
    assert Article.objects.get(on_top=True).is_visible
    assert Article.objects.visible().exclude(language="en").exists()
    withdrawn = Article.objects.withdrawn().get()
    assert withdrawn.notice
    assert "Clara has the letter" not in withdrawn.notice
    assert any(len(article.people) == 2 for article in Article.objects.visible())
    lengths = sorted(len(a.sections) for a in Article.objects.visible())
    assert (lengths[0], lengths[-1]) == (0, 6)


def test_comments_are_there_in_every_status_with_their_decisions(demo):
    assert Comment.objects.count() >= 40
    statuses = set(Comment.objects.values_list("status", flat=True))
    assert statuses == set(Comment.Status.values)
    decided = Comment.objects.exclude(status=Comment.Status.PENDING)
    assert all(comment.decisions.exists() for comment in decided)
    tombstones = Comment.objects.on_page().exclude(pk__in=Comment.objects.shown())
    assert tombstones.count() == 2
    assert Comment.objects.shown().filter(parent__parent__isnull=False).exists()
    assert Comment.objects.shown().filter(by__isnull=False).exists()
    assert Comment.objects.shown().picked().exists()
    assert Comment.objects.reported().exists()
    assert Comment.objects.appealed().exists()
    assert max(root.approved_replies for root in Comment.objects.all()) > 5
    assert not Comment.objects.to_announce().exists()


def test_readers_and_editors_find_what_was_wrong(client, demo):
    assert Correction.objects.shown().count() == 1
    assert "twenty-one times" in client.get("/corrections/").content.decode()
    assert CorrectionRequest.objects.filter(answer=None).count() == 1


def test_the_counts_of_the_threads_are_right(demo):
    for thread in Thread.objects.all():
        shown = Comment.objects.shown().filter(article=thread.article)
        assert thread.shown_count == shown.count()


def test_nobody_comments_before_the_article_or_in_the_future(demo):
    for comment in Comment.objects.select_related("article", "parent"):
        assert comment.article.published_at < comment.created_at
        if comment.parent:
            assert comment.parent.created_at < comment.created_at


def test_a_story_leads_on_from_its_first_address(client, demo):
    article = Article.objects.get(source="demo:bridge-works")
    answer = client.get("/articles/bridge-closed-for-eleven-nights/")
    assert answer.status_code == 301
    assert answer.url == article.get_absolute_url()


def test_what_was_written_is_what_is_kept(demo):
    # Cleaning removes nothing from the texts.
    for story in STORIES:
        article = Article.objects.get(source=story.source)
        for tag in ["table", "blockquote", "h2", "h3", "li", "caption"]:
            assert article.body.count(f"<{tag}") == story.body.count(f"<{tag}")


def test_every_text_and_every_conversation_belongs_to_a_story():
    names = {story.name for story in STORIES}
    assert {path.stem for path in ARTICLES.iterdir()} == names
    assert set(CONVERSATIONS) <= names


def test_a_second_load_changes_nothing(demo):
    before = content()
    assert load.load() == 0
    assert content() == before


def test_there_is_an_account_for_each_role_with_a_password_of_its_own(demo):
    passwords = load.give_passwords()
    assert list(passwords) == ["writer", "editor", "moderator", "admin"]
    assert len(set(passwords.values())) == 4
    for name, password in passwords.items():
        assert len(password) >= 12
        assert User.objects.get(username=name).check_password(password)
    for name, role in [
        ("writer", "Writers"),
        ("editor", "Editors"),
        ("moderator", "Moderators"),
    ]:
        assert Group.objects.get(name=role).user_set.get().username == name
    assert User.objects.get(is_superuser=True).username == "admin"


def test_a_password_is_given_once(demo):
    load.give_passwords()
    assert load.give_passwords() == {}


def test_what_visitors_of_the_demo_wrote_does_not_end_it(demo):
    make_article()
    assert not load.is_somebodys_site()


@contextmanager
def on_a_terminal(site, *arguments):
    """Run the command on a terminal. Yields the process, the terminal, and what it shows."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=site.environment | {"TERM": "xterm"},
        stdin=its,
        stdout=its,
        stderr=its,
        # The terminal sends Ctrl+C to the session that it controls.
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(its)
    shown = []

    def look():
        with suppress(OSError):  # the end of a terminal
            while part := os.read(ours, 65536):
                shown.append(part)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield process, ours, shown
    finally:
        process.terminate()
        process.wait(timeout=60)
        looking.join(timeout=60)
        os.close(ours)


def test_one_command_makes_a_running_site(site):
    port = free_port()
    address = f"http://localhost:{port}"
    with on_a_terminal(site, "demo", f"--port={port}") as (process, terminal, shown):
        wait_for_terminal(f"{address}/healthz", process, shown)
        page = ask(address + "/").body.decode()
        assert STORIES[-5].title in page
        assert ask(f"{address}/articles/light-on-quay-street/").status == 200
        # Links have the port that the server really uses.
        feed = ask(f"{address}/feeds/rss.xml").body.decode()
        assert f"{address}/articles/light-on-quay-street/" in feed
        assert ask(f"{address}/no-such-page/").status == 404
        os.write(terminal, b"\x03")
        assert process.wait(timeout=60) == 0
    shown = b"".join(shown).decode()
    # It said what it did, and the line is gone at the end.
    for doing in ["Preparing the database …", "Collecting"]:
        assert doing in shown
    # The line is drawn ten times a second, so a quick machine leaves out some of the stories.
    assert any(story.title in shown for story in STORIES)
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.rpartition("\x1b[2K")[2])
    lines = [line for line in last.splitlines() if line]
    assert lines[0].startswith(f"{len(STORIES)} articles")
    assert lines[1] == f"Mails are files in {site.folder / 'mail'}/."
    assert [line.split()[0] for line in lines[3:7]] == list(load.ACCOUNTS)
    assert f"Newsroom is at {address}/" in lines[-2]
    assert lines[-1] == "^C"
    log = (site.folder / "demo.log").read_text().splitlines()
    assert any("Started worker" in json.loads(line)["message"] for line in log)
    assert '"level"' not in shown
    again = site.run("demo", "--no-serve")
    assert (again.returncode, again.complaints) == (0, "")
    assert "stay as they are" in again.printed
    assert "(the password it has)" in again.printed
    assert "\x1b" not in again.printed


def wait_for_terminal(address, process, shown):
    def answers():
        assert process.poll() is None, b"".join(shown).decode()
        return is_served(address)

    wait_until(answers, seconds=250)


class Terminal(StringIO):
    def isatty(self):
        return True


def test_one_line_says_what_the_demo_does_and_vanishes():
    out = OutputWrapper(Terminal())
    with DemoProgress(out) as progress:
        progress.begin("Loading", total=2)
        progress.item("Light on Quay Street")
    shown = out.getvalue()
    assert "Loading …" in shown
    assert "Light on Quay Street" in shown
    assert shown.count("\n") == 1
    assert shown.endswith("\x1b[1A\x1b[2K")


def test_elsewhere_every_step_is_a_line():
    out = OutputWrapper(StringIO())
    with DemoProgress(out) as progress:
        progress.begin("Loading", total=2)
        progress.item("Light on Quay Street")
    assert out.getvalue() == "Loading …\n  Light on Quay Street\n"


def test_what_is_logged_meanwhile_goes_into_a_file(tmp_path):
    handler = logging.StreamHandler(sys.stdout)
    logging.getLogger().addHandler(handler)
    try:
        with log_kept_in(tmp_path / "demo.log"):
            logging.getLogger("newsroom").warning("A task was enqueued.")
        assert handler.stream is sys.stdout
    finally:
        logging.getLogger().removeHandler(handler)
    assert "A task was enqueued.\n" in (tmp_path / "demo.log").read_text()


def test_a_demo_that_was_killed_is_finished_by_the_next_run(site_with_files):
    site = site_with_files
    process = site.start("demo", "--no-serve")
    for line in process.stdout:
        if STORIES[4].title in line:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    again = site.run("demo", "--no-serve")
    assert again.returncode == 0, again.complaints
    numbers = (
        "from articles.models import *; from comments.models import *; "
        "print(Article.objects.count(), Comment.objects.count())"
    )
    whole = sum(len(list(_remarks(c))) for c in CONVERSATIONS.values())
    assert site.shell(numbers) == f"{len(STORIES)} {whole}"
    # Passwords that were never shown are shown now.
    assert "the password it has" not in again.printed


def _remarks(conversation):
    for remark in conversation:
        yield remark
        yield from _remarks(remark.replies)


def test_a_reset_begins_anew_but_asks_before_it_deletes_the_work_of_others(
    site_with_files,
):
    site = site_with_files
    assert site.run("demo", "--no-serve").returncode == 0
    shell = (
        "from articles.models import *; from django.contrib.flatpages.models import *; "
    )
    pages = site.shell(shell + "print(FlatPage.objects.count())")
    site.shell(shell + "Article.objects.filter(status='draft').delete()")
    run = site.run("demo", "--no-serve", "--reset")
    assert run.returncode == 0, run.complaints
    drafts = shell + "print(Article.objects.filter(status='draft').count())"
    assert site.shell(drafts) == "2"
    assert site.shell(shell + "print(FlatPage.objects.count())") == pages

    site.shell(shell + "Article.objects.create(title='Mine', body='<p>Mine.</p>')")
    refused = site.run("demo", "--no-serve", "--reset")
    assert refused.returncode == 1
    assert "1 articles that the demo did not make" in refused.complaints
    assert site.shell(drafts) == "3"
    assert site.run("demo", "--no-serve", "--reset", "--no-input").returncode == 0
    assert site.shell(drafts) == "2"


def test_a_taken_port_is_noticed_before_anything_is_made(site):
    with taken_port() as port:
        run = site.run("demo", "--port", port)
    assert run.returncode == 1
    assert f"Port {port} is taken" in run.complaints
    assert not list(site.folder.glob("newsroom.sqlite3"))


def test_static_files_are_collected_again_when_one_has_changed(tmp_path, settings):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a {}")
    settings.VAR_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    assert static_files.collect()
    assert not static_files.collect()
    (source / "a.css").write_text("a { color: red }")
    assert static_files.collect()
    assert (tmp_path / "static" / "a.css").read_text() == "a { color: red }"
