"""
What it costs to post a comment: queries, transactions and time, beside an empty and a full house.

    uv run pytest --database sqlite -n 0 -m benchmark -s tests/benchmarks/test_posting.py
"""

import gc
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Person
from comments.models import Comment, Mailbox, NetworkKey
from tests.comments.views.sending import WORDS, send
from tests.factories import make_visible_article

pytestmark = pytest.mark.benchmark

COMMENTS, STAFF, BYLINES = 50_000, 200, 5_000
TIMES = 40
# The goal of the queries; BEGIN and COMMIT are not among them.
MOST_QUERIES = 11
MOST_TIMES_SLOWER = 2


@pytest.fixture
def post(transactional_db, client, settings):
    """Posts one more comment."""
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }
    settings.COMMENT_RATE = ["900000/m", "900000/h"]
    with transaction.atomic():
        NetworkKey.objects.of_last_days()
    article = make_visible_article()

    def post():
        body = f"Remark {perf_counter()}."
        assert send(client, article, body=body).status_code == 303

    post.article = article
    return post


def fill(article):
    now = timezone.now()
    Comment.objects.bulk_create(
        (
            Comment(
                article=article,
                name=f"Reader {number}",
                email=WORDS["email"] if number % 500 == 0 else f"r{number}@example.org",
                body=f"Remark {number}.",
                network=f"{number % 500:064}",
                repeat_key=f"{number:064}",
                created_at=now - timedelta(minutes=61 + number),
            )
            for number in range(COMMENTS)
        ),
        batch_size=2000,
    )
    User.objects.bulk_create(
        User(username=f"desk{n}", first_name="Desk", last_name=f"No {n}", is_staff=True)
        for n in range(STAFF)
    )
    Person.objects.bulk_create(
        Person(name=f"Person {number}", slug=f"person-{number}")
        for number in range(BYLINES)
    )
    Mailbox.objects.create(address=WORDS["email"], confirmed_at=now)


def seconds(work):
    def once():
        start = perf_counter()
        work()
        return perf_counter() - start

    # What filled the house is no part of a server's memory.
    gc.collect()
    gc.freeze()
    return median(once() for _ in range(TIMES))


def statements(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"].split()[0] for query in captured]


def test_a_post_costs_the_same_in_a_full_house(post):
    post()
    empty, in_empty = statements(post), seconds(post)
    fill(post.article)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    post()
    full, in_full = statements(post), seconds(post)
    queries = [word for word in full if word not in {"BEGIN", "COMMIT"}]
    print(  # noqa: T201
        f"\nposting a comment: {len(queries)} queries, "
        f"{full.count('BEGIN')} transaction, {full.count('COMMIT')} commit, "
        f"{sum('SAVEPOINT' in word for word in full)} savepoints\n"
        f"{in_empty * 1000:.1f} ms; with {COMMENTS:,} comments, {STAFF} accounts of the "
        f"staff and {BYLINES:,} bylines {in_full * 1000:.1f} ms: {in_full / in_empty:.2f}"
    )
    assert full == empty
    assert len(queries) <= MOST_QUERIES
    assert full.count("BEGIN") == full.count("COMMIT") == 1
    assert in_full / in_empty < MOST_TIMES_SLOWER
