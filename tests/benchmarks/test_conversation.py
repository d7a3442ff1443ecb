"""
An article with 50,000 comments opens as fast as one with 50.

Both pages show about as much, 50 comments and 55, so that what is compared is
what lies behind: thirty thousand roots, among them what was never shown, and
one conversation of ten thousand replies at the very top.
"""

from datetime import timedelta
from itertools import chain
from random import Random
from statistics import median
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.core.pagination import Cursor
from comments.doctor import COMMENT_CHECKS
from comments.models import Comment
from tests.factories import make_visible_article

pytestmark = pytest.mark.benchmark

Status = Comment.Status

ROOTS, IN_ONE_CONVERSATION, ELSEWHERE = 30_000, 10_000, 10_000
ROUNDS = 60
AT_MOST = 1.2

WORDS = "I have walked there every morning for eleven years, and it was never so high. "
# Never shown: what waits, what was rejected before anybody saw it, and spam.
STATUSES = [*[Status.APPROVED] * 6, Status.PENDING, Status.REJECTED, *[Status.SPAM] * 2]

START = timezone.now() - timedelta(days=60)


def comment(article, number, *, status=Status.APPROVED, root=None):
    return Comment(
        article=article,
        name=f"Reader {number % 997}",
        body=WORDS * (number % 4 + 1),
        status=status,
        created_at=START + timedelta(minutes=number),
        parent=root,
        root=root,
    )


def make_comments(comments):
    return Comment.objects.bulk_create(comments, batch_size=2000)


def mend_the_counts():
    """As they would be, had each comment been approved one by one."""
    for finding in chain.from_iterable(check.find() for check in COMMENT_CHECKS):
        finding.mend()


@pytest.fixture
def few(db):
    """Forty-five roots, and five replies to the first."""
    article = make_visible_article(title="Few")
    roots = make_comments(comment(article, number) for number in range(45))
    make_comments(comment(article, 45 + n, root=roots[0]) for n in range(5))
    return article


@pytest.fixture
def many(db):
    """Roots of every status, ten thousand replies to the first, and ten thousand to some of the others."""
    article = make_visible_article(title="Many")
    random = Random(11)
    statuses = [Status.APPROVED, *random.choices(STATUSES, k=ROOTS - 1)]
    roots = make_comments(
        comment(article, number, status=status)
        for number, status in enumerate(statuses)
    )
    shown = [root for root in roots if root.is_approved]
    answered = [
        *[shown[0]] * IN_ONE_CONVERSATION,
        *random.choices(shown[50::3], k=ELSEWHERE),
    ]
    make_comments(
        comment(article, ROOTS + n, root=root, status=random.choice(STATUSES))
        for n, root in enumerate(answered)
    )
    # Five that are seen at once, whatever the others became.
    Comment.objects.filter(
        pk__in=shown[0].replies.oldest_first().values("pk")[:10]
    ).update(status=Status.APPROVED)
    return article


@pytest.fixture
def articles(few, many):
    mend_the_counts()
    with connection.cursor() as cursor:
        # What autovacuum does on PostgreSQL; SQLite plans without it.
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    return few, many


def compare(client, address, other):
    """How long the first address takes, in times of what the other takes."""
    times = {address: [], other: []}
    for number in range(ROUNDS + 5):
        # Each goes first in turn.
        for each in sorted(times, reverse=number % 2):
            start = perf_counter()
            assert client.get(each).status_code == 200
            times[each].append(perf_counter() - start)
    one, two = (median(found[5:]) for found in times.values())
    return one / two, f"{one * 1000:.1f} ms / {two * 1000:.1f} ms"


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address).content.decode()
    return len(captured), page.count('id="comment-')


def say(what, ratio, figures):
    print(f"{what}, {connection.vendor}: {ratio:.2f} ({figures})")  # noqa: T201


def test_an_article_with_50_000_comments_opens_as_fast_as_one_with_50(client, articles):
    few, many = (article.get_absolute_url() for article in articles)
    assert Comment.objects.filter(article=articles[0]).count() == 50
    assert Comment.objects.filter(article=articles[1]).count() == 50_000
    in_few, shown_of_few = queries(client, few)
    in_many, shown_of_many = queries(client, many)
    assert (shown_of_few, shown_of_many) == (50, 55)
    ratio, figures = compare(client, many, few)
    say(f"50,000 comments / 50, {in_many} and {in_few} queries", ratio, figures)
    assert in_many == in_few
    assert ratio <= AT_MOST


def test_a_page_far_back_costs_what_the_first_costs(client, articles):
    _, many = articles
    thread = f"{many.get_absolute_url()}comments/"
    roots = Comment.objects.roots_on_page(many)
    for sort, order in [
        ("", roots.newest_first()),
        ("sort=newest&", roots.oldest_first()),
    ]:
        place = order[200]
        far = f"{thread}?{sort}after={Cursor(place.created_at, place.pk)}"
        ratio, figures = compare(client, far, f"{thread}?{sort}")
        say(f"far back / first page, {sort or 'oldest first'}", ratio, figures)
        assert ratio <= 1.5
