from datetime import UTC, datetime, timedelta

import pytest
from django.http import Http404
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles.core.pagination import LARGEST_ID, Cursor, newest_page
from articles.models import Article
from tests.factories import make_visible_article

NOON = datetime(2025, 9, 5, 12, tzinfo=UTC)


def page(**place):
    return newest_page(Article.objects.all(), field="published_at", size=3, **place)


@pytest.fixture
def archive(db):
    """Ten articles, some with equal timestamps, not in the order of their ids."""
    hours = [5, 1, 3, 3, 3, 3, 2, 9, 9, 0]
    for hour in hours:
        make_visible_article(published_at=NOON + timedelta(hours=hour, microseconds=7))
    return list(Article.objects.newest_first())


def test_walking_to_older_pages_meets_every_article_once(archive):
    at, met = page(), []
    while True:
        met += at.rows
        if at.older is None:
            break
        at = page(before=str(at.older))
    assert met == archive


def test_walking_back_to_newer_pages_meets_every_article_once(archive):
    oldest = archive[-1]
    at, met = page(after=str(Cursor(oldest.published_at, oldest.pk))), [oldest]
    while True:
        met = [*at.rows, *met]
        if at.newer is None:
            break
        at = page(after=str(at.newer))
    assert met == archive


def test_what_appears_meanwhile_moves_nothing_to_another_page(archive):
    older = page().older
    make_visible_article(published_at=timezone.now())
    assert page(before=str(older)).rows == archive[3:6]


def test_only_the_first_page_is_the_newest(archive):
    assert page().is_newest
    assert not page(before=str(page().older)).is_newest
    assert page(after=str(Cursor(archive[1].published_at, archive[1].pk))).is_newest


def test_a_page_takes_one_query(archive, django_assert_num_queries):
    older = str(page().older)
    for place in [{}, {"before": older}, {"after": older}]:
        with django_assert_num_queries(1):
            page(**place)


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "1",
        "1--1",
        "1-0",
        "1-2-3",
        f"1-{LARGEST_ID + 1}",
        f"{10**30}-1",
        f"-{10**30}-1",
        "nan-1",
        "1e9-1",
        "٣-x",
        "1-1\x00",
        "9" * 5000 + "-1",
        "1-" + "9" * 5000,
    ],
)
def test_a_cursor_that_nobody_was_given_is_not_found(archive, text):
    for place in ["before", "after"]:
        with pytest.raises(Http404):
            page(**{place: text})


def test_an_empty_cursor_is_none(archive):
    assert page(before="", after="").rows == archive[:3]


def test_a_cursor_that_leads_nowhere_is_not_found(archive):
    newest, oldest = archive[0], archive[-1]
    for place in [
        {"before": "1-1"},
        {"before": str(Cursor(oldest.published_at, oldest.pk))},
        {"after": str(Cursor(newest.published_at, newest.pk))},
        {"after": f"{10**16}-1"},
    ]:
        with pytest.raises(Http404):
            page(**place)


@given(st.text(max_size=60))
def test_no_text_breaks_a_cursor(text):
    cursor = Cursor.parse(text)
    assert cursor is None or 0 < cursor.id <= LARGEST_ID


@given(
    st.datetimes(min_value=datetime(1800, 1, 1), max_value=datetime(2200, 1, 1)),
    st.integers(min_value=1, max_value=LARGEST_ID),
)
def test_a_cursor_is_read_as_it_was_written(at, id):
    cursor = Cursor(at.replace(tzinfo=UTC), id)
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "micros", [-(10**17), -62135596800 * 10**6, 253402300799 * 10**6]
)
def test_the_ends_of_time_are_places_too(archive, micros):
    """Dates that other time zones or a database cannot express give 404, never an error."""
    try:
        assert page(before=f"{micros}-1").rows == archive[:3]
    except Http404:
        assert micros < 0
