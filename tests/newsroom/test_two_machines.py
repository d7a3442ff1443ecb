"""
A site on two machines: each with its server, its tick and its folder, and what they share.

They share a PostgreSQL, a Redis and a store that speaks S3, all real except for the store, which is
moto. The last test kills one of the machines.
"""

import json
import logging
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.comments.mail_server import MailServer
from tests.newsroom.conftest import (
    Site,
    children_of,
    free_port,
    new_database,
    wait_until,
    with_files,
)

pytestmark = [
    # All tests share the machines.
    pytest.mark.xdist_group("two machines"),
    # The first one also waits until they run, which takes long where much else does.
    pytest.mark.timeout(300, func_only=True),
]

BUCKET = "pictures"
READ_BY_ALL = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": [
                f"arn:aws:s3:::{BUCKET}/originals/*",
                f"arn:aws:s3:::{BUCKET}/renditions/*",
            ],
        }
    ],
}

# What editors did before: an article under discussion, ten with changes for later, and ten mails.
BEFORE = """
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from articles.models import Article
from articles.publishing import actions
from comments.mail.outbox import write
from comments.models import Mailbox
from articles.images import library
from django.core.files.base import ContentFile
from io import BytesIO
from PIL import Image as Drawing
def picture(colour):
    file = BytesIO()
    Drawing.new("RGB", (400, 300), colour).save(file, "PNG")
    return library.upload(ContentFile(file.getvalue(), "field.png"), alt="A field")
actions.publish(Article.objects.create(
    title="Open", slug="open", body="<p>Words.</p>", lead_image=picture((30, 30, 200))
))
for number in range(10):
    article = Article.objects.create(title=f"Old {number}", slug=f"a-{number}", body="<p>Old.</p>")
    actions.publish(article)
    actions.save(article, {"title": f"New {number}"}, began_from=article.working_copy.pk)
    actions.schedule_changes(article, at=timezone.now() + timedelta(seconds=1))
    with transaction.atomic():
        write("data", Mailbox.objects.of(f"reader{number}@example.org"), at_once=False)
"""

# A process of one machine, as that of an editor: publishes when it is told.
PUBLISH = """
import sys
from articles.images import library
from articles.models import Article
from articles.publishing import actions
from django.core.files.base import ContentFile
from io import BytesIO
from PIL import Image as Drawing
file = BytesIO()
Drawing.new("RGB", (400, 300), (200, 30, 30)).save(file, "PNG")
image = library.upload(ContentFile(file.getvalue(), "field.png"), alt="A red field")
article = Article.objects.create(
    title="Flood", slug="flood", body="<p>Words.</p>", lead_image=image
)
print("ready", flush=True)
sys.stdin.readline()
actions.publish(article)
print("published", flush=True)
"""

LEFT_TO_DO = """
import json
from articles.models import Revision
from comments.models import PendingMail
print(json.dumps([PendingMail.objects.count(), Revision.objects.scheduled().count()]))
"""
DONE = """
import json
from articles.models import Article, Revision
print(json.dumps({
    article.slug: [
        article.title,
        article.steps.filter(what="change").count(),
        article.revisions.published().count(),
    ]
    for article in Article.objects.filter(slug__startswith="a-")
}))
"""


@dataclass
class Machine:
    site: Site
    address: str
    server: subprocess.Popen


@contextmanager
def redis_server(folder):
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server found: install Debian's package redis-server")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


@contextmanager
def store():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    bucket = boto3.resource(
        "s3", endpoint_url=address, region_name="us-east-1", **keys
    ).Bucket(BUCKET)
    bucket.create()
    bucket.Policy().put(Policy=json.dumps(READ_BY_ALL))
    try:
        yield {
            "S3_BUCKET": BUCKET,
            "AWS_S3_ENDPOINT_URL": address,
            "AWS_S3_REGION_NAME": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
    finally:
        server.stop()


@pytest.fixture(scope="module")
def letters():
    with MailServer().running() as server:
        yield server


@pytest.fixture(scope="module")
def machines(request, tmp_path_factory, letters):
    """Two machines that serve the same site."""
    if not os.environ.get("DATABASE_URL"):
        pytest.skip("several machines share a PostgreSQL, and this run is on SQLite")
    folder = tmp_path_factory.mktemp("machines")
    with ExitStack() as stack:
        shared = {
            "CACHE_URL": stack.enter_context(redis_server(folder)),
            **stack.enter_context(store()),
            "DATABASE_URL": stack.enter_context(
                new_database(
                    os.environ["DATABASE_URL"],
                    template=request.getfixturevalue("migrated"),
                )
            ),
            "MAIL_URL": letters.url,
            "SECRET_KEY": "one for both machines",
            "TRUSTED_PROXIES": "127.0.0.1",
            "COMMENT_RATE": "4/h",
            "METRICS_TOKEN": "token",
        }
        collected = request.getfixturevalue("collected")
        sites = [with_files(Site(folder / name, **shared), collected) for name in "ab"]
        sites[0].shell(BEFORE)
        yield [
            Machine(site, *stack.enter_context(site.served("--workers", 1)))
            for site in sites
        ]


def ask(address, **headers):
    """Status and body of the answer; a busy machine may take its time for its first pages."""
    try:
        with urlopen(Request(address, headers=headers), timeout=120) as answer:
            return answer.status, answer.read()
    except HTTPError as answer:
        with answer:
            return answer.code, answer.read()


def post(machine, path, network, **fields):
    """The status of the answer to a form that a reader in this network sends."""
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"{network}.9"}
    request = Request(machine.address + path, urlencode(fields).encode(), headers)
    try:
        with urlopen(request, timeout=120) as answer:
            return answer.status
    except HTTPError as answer:
        with answer:
            return answer.code


def wait_until_shown(page, words, published_at):
    """No request that begins two seconds after the publication gets the page of before."""
    while True:
        begun = time.monotonic()
        if words in ask(page)[1]:
            return
        assert begun - published_at < 2
        time.sleep(0.05)


def in_turns(machines, number):
    return [machines[index % 2] for index in range(number)]


def test_what_one_publishes_the_other_shows_within_two_seconds(machines):
    here, there = machines
    desk = here.site.start("shell", "-v0", "-c", PUBLISH, stdin=subprocess.PIPE)
    try:
        assert desk.stdout.readline() == "ready\n", desk.stderr.read()
        # A page with a picture, so that the machine has spoken to the store before.
        assert ask(f"{there.address}/articles/open/")[0] == 200
        # Kept from now on, as a page that is not there.
        assert ask(f"{there.address}/articles/flood/")[0] == 404
        assert b"Flood" not in ask(f"{there.address}/")[1]
        desk.stdin.write("\n")
        desk.stdin.flush()
        assert desk.stdout.readline() == "published\n", desk.stderr.read()
        published_at = time.monotonic()
        for page in ["/articles/flood/", "/"]:
            wait_until_shown(f"{there.address}{page}", b"Flood", published_at)
    finally:
        desk.communicate(timeout=60)
    # The picture went into the store, and the other machine shows it.
    page = ask(f"{there.address}/articles/flood/")[1].decode()
    store = there.site.environment["AWS_S3_ENDPOINT_URL"]
    picture = re.search(rf'<img[^>]+src="({store}[^"]+)"', page)[1]
    with urlopen(picture, timeout=30) as answer:
        assert answer.headers["Content-Type"].startswith("image/")
        assert len(answer.read()) > 100
    for machine in machines:
        assert not (machine.site.folder / "media").exists()


def test_comments_are_limited_on_both_together(machines):
    path, network = "/articles/open/comments/", "198.51.100"
    statuses = [
        post(machine, path, network, name="Ines", body=f"This is number {number}.")
        for number, machine in enumerate(in_turns(machines, 4))
    ]
    assert statuses == [200] * 4
    for machine in machines:
        assert post(machine, path, network, name="Ines", body="One more.") == 429


def test_refused_posts_are_counted_on_both_together(machines):
    # In one period of the counts; see comments.security.refusals.
    wait_until(lambda: time.time() % 60 < 40, seconds=30)
    path, network = "/articles/open/comments/", "203.0.113"
    statuses = [
        post(machine, path, network, name="Ines") for machine in in_turns(machines, 60)
    ]
    assert statuses == [422] * 60
    for machine in machines:
        assert post(machine, path, network, name="Ines") == 429


def test_wrong_passwords_are_counted_on_both_together(machines):
    def try_to_sign_in(machine):
        address = f"{machine.address}/admin/login/"
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        browser.addheaders = [("X-Forwarded-For", "192.0.2.9")]
        with browser.open(address, timeout=120) as page:
            form = page.read().decode()
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        words = {"username": "edith", "password": "x", "csrfmiddlewaretoken": token}
        try:
            with browser.open(address, urlencode(words).encode(), 120) as answer:
                return answer.status
        except HTTPError as answer:
            with answer:
                return answer.code

    assert [try_to_sign_in(each) for each in in_turns(machines, 10)] == [200] * 10
    assert [try_to_sign_in(each) for each in machines] == [429] * 2


def test_each_mail_and_each_scheduled_change_happens_once(machines, letters):
    # At the same moment on both, beside the ticks of the servers.
    ticks = [machine.site.start("tick") for machine in machines]
    for tick in ticks:
        printed, complaints = tick.communicate(timeout=60)
        assert tick.returncode == 0, printed + complaints
    here = machines[0].site
    wait_until(lambda: json.loads(here.shell(LEFT_TO_DO)) == [0, 0], seconds=60)
    got = sorted(recipient for [recipient] in letters.recipients)
    assert got == [f"reader{number}@example.org" for number in range(10)]
    assert json.loads(here.shell(DONE)) == {
        f"a-{number}": [f"New {number}", 1, 2] for number in range(10)
    }


def test_when_one_is_killed_the_other_serves(machines):
    here, there = machines
    for pid in [here.server.pid, *children_of(here.server)]:
        os.kill(pid, signal.SIGKILL)
    here.server.wait()
    assert ask(f"{there.address}/articles/open/")[0] == 200
    assert ask(f"{there.address}/readyz")[0] == 200
    status = post(
        there, "/articles/open/comments/", "100.64.1", name="Ines", body="Still here."
    )
    assert status == 200
    metrics = ask(f"{there.address}/metrics", Authorization="Bearer token")[1]
    assert b"\nnewsroom_database_up 1.0\n" in metrics
    [connections] = re.findall(rb'_pool{state="open"} (\S+)', metrics)
    assert float(connections) >= 1
