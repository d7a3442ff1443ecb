"""
How long a comment takes while an editor undoes a step on 500 articles, beside how long it takes alone.

    uv run pytest --database postgresql -n 0 -m benchmark -s tests/benchmarks/test_editors_beside_readers.py

The undoing runs in a process of its own, as on a server with several workers. Comments
come from many networks and go to the very articles that are being undone.
"""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from articles.models import Article, ArticleBatch, BatchedArticle, Tag, TaggedArticle
from comments.models import NetworkKey
from tests.comments.views.sending import send
from tests.factories import HOUR

pytestmark = pytest.mark.benchmark

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = 500
ALONE = 100
# The goal on PostgreSQL, as a multiple of the median of a comment alone.
GOAL = 3

UNDO = """
from articles.publishing.bulk import undo_together
from articles.models import ArticleBatch
outcome = undo_together(ArticleBatch.objects.get(), by=None)
print(len(outcome.done))
"""


@pytest.fixture
def post(transactional_db, client, settings):
    """Posts one more comment from another network; the seconds that it took."""
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }
    NetworkKey.objects.of_last_days()
    articles = tagged_together()
    numbers = count()

    def post():
        number = next(numbers)
        client.defaults["REMOTE_ADDR"] = f"10.{number // 250 % 250}.{number % 250}.1"
        start = perf_counter()
        article = articles[number % ARTICLES]
        answer = send(client, article, email="", body=f"Remark {number}.")
        seconds = perf_counter() - start
        assert answer.status_code == 303
        return seconds

    return post


def tagged_together():
    """As many articles on the site, to which one press has given a tag."""
    articles = Article.objects.bulk_create(
        Article(
            title=f"Article {number}",
            slug=f"article-{number}",
            body="<p>What happened.</p>" * 20,
            status=Article.Status.PUBLISHED,
            published_at=timezone.now() - HOUR,
        )
        for number in range(ARTICLES)
    )
    tag = Tag.objects.create(name="Sea", slug="sea")
    TaggedArticle.objects.bulk_create(
        TaggedArticle(content_object=article, tag=tag) for article in articles
    )
    batch = ArticleBatch.objects.create(what="tag")
    BatchedArticle.objects.bulk_create(
        BatchedArticle(
            batch=batch, article=article, before={"tags": []}, after={"tags": ["Sea"]}
        )
        for article in articles
    )
    return articles


def environment_of_the_test():
    """What a process of its own needs to work on the database of the test."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return os.environ | {"DATABASE_URL": url, "VAR_DIR": str(site.VAR_DIR)}


def test_comments_are_taken_beside_an_undoing_of_five_hundred_articles(post):
    for _ in range(20):
        post()
    alone = [post() for _ in range(ALONE)]
    beside = []
    start = perf_counter()
    with subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-c", UNDO],
        cwd=ROOT,
        env=environment_of_the_test(),
        stdout=subprocess.PIPE,
        text=True,
    ) as undoing:
        while undoing.poll() is None:
            beside.append(post())
        said = undoing.stdout.read()
    seconds = perf_counter() - start
    assert said.split()[-1] == str(ARTICLES)
    print(  # noqa: T201
        f"\nundoing {ARTICLES} articles took {seconds:.1f} s, {len(beside)} comments beside it\n"
        f"{'alone':>8}: {figures(alone)}\n{'beside':>8}: {figures(beside)}\n"
        f"median beside / median alone: {median(beside) / median(alone):.2f}, "
        f"95 of 100 within {percentile(beside) / median(alone):.2f} times that median"
    )
    if connection.vendor == "postgresql":
        assert median(beside) <= GOAL * median(alone)
        # Where the machine does other things, a comment alone takes longer at times, too.
        noise = percentile(alone) / median(alone)
        assert percentile(beside) <= GOAL * median(alone) * max(1, noise / 2)


def percentile(seconds):
    return quantiles(seconds, n=20)[-1]


def figures(seconds):
    return (
        f"median {median(seconds) * 1000:.1f} ms, 95 of 100 within "
        f"{percentile(seconds) * 1000:.1f} ms, longest {max(seconds) * 1000:.1f} ms"
    )
