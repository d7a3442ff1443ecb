"""A page far back in a list costs what the first one costs."""

from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from django.utils import timezone

from articles.core.pagination import Cursor, newest_page
from articles.models import Article

pytestmark = pytest.mark.benchmark

ARTICLES = 50_000
TIMES = 50


@pytest.fixture
def articles(db):
    now = timezone.now()
    return Article.objects.bulk_create(
        (
            Article(
                title=f"Article {number}",
                slug=f"article-{number}",
                status=Article.Status.PUBLISHED,
                published_at=now - timedelta(minutes=number),
            )
            for number in range(ARTICLES)
        ),
        batch_size=2000,
    )


def seconds(work):
    def once():
        start = perf_counter()
        work()
        return perf_counter() - start

    return median(once() for _ in range(TIMES))


def page(before=None):
    rows = Article.objects.visible().defer("body")
    assert newest_page(rows, field="published_at", size=20, before=before).rows


def test_the_last_page_of_a_long_list_costs_what_the_first_does(articles):
    place = articles[-100]
    cursor = str(Cursor(place.published_at, place.pk))
    ratio = seconds(lambda: page(cursor)) / seconds(page)
    print(f"last page / first page of {ARTICLES:,} articles: {ratio:.2f}")  # noqa: T201
    assert ratio < 3


def test_neighbours_far_back_cost_what_the_newest_cost(articles):
    old, new = articles[-100], articles[100]
    ratio = seconds(old.older) / seconds(new.older)
    print(f"older() far back / at the front: {ratio:.2f}")  # noqa: T201
    assert ratio < 3
