from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comments.models import Comment
from comments.threads import pages, permalinks
from comments.threads.permalinks import address_of
from tests.factories import (
    make_comment,
    make_shown_comment,
    make_visible_article,
)


@pytest.fixture
def small_pages(monkeypatch):
    for module in [pages, permalinks]:
        monkeypatch.setattr(module, "ROOTS_A_PAGE", 2)
        monkeypatch.setattr(module, "REPLIES_UNFOLDED", 2)
    monkeypatch.setattr(pages, "REPLIES_A_PAGE", 2)


def make_replies(root, number):
    start = root.created_at
    return [
        make_shown_comment(parent=root, created_at=start + timedelta(seconds=n + 1))
        for n in range(number)
    ]


def test_the_first_comments_are_found_under_the_article(db, small_pages):
    root = make_shown_comment()
    replies = make_replies(root, 2)
    for comment in [root, *replies]:
        page = root.article.get_absolute_url()
        assert address_of(comment) == f"{page}#comment-{comment.pk}"


def test_a_reply_beyond_the_fold_is_found_on_the_page_of_its_root(
    db, client, small_pages
):
    root = make_shown_comment()
    replies = make_replies(root, 4)
    page, _, place = address_of(replies[3]).partition("#")
    assert place == f"comment-{replies[3].pk}"
    assert page.startswith(
        f"{root.article.get_absolute_url()}comments/?root={root.pk}&after="
    )
    html = client.get(page).content.decode()
    ids = [f'id="comment-{comment.pk}"' in html for comment in [root, *replies]]
    assert ids == [True, False, False, False, True]


def test_a_root_further_back_begins_its_page(db, client, small_pages):
    article = make_visible_article()
    roots = [make_shown_comment(article=article) for _ in range(5)]
    html = client.get(address_of(roots[3])).content.decode()
    ids = [f'id="comment-{comment.pk}"' in html for comment in roots]
    assert ids == [False, False, False, True, True]


said = st.lists(
    st.tuples(
        st.integers(-4, 20),  # what it answers; below zero: nothing
        st.integers(0, 3),  # the minute in which it was said
        st.sampled_from([None, "approve", "approve", "approve", "approve"]),
        st.sampled_from([None, None, None, "reject", "withdraw", "mark_spam"]),
    ),
    max_size=14,
)


@given(said)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_comment_on_a_page_is_found_where_its_permalink_leads(
    db, client, small_pages, said
):
    article = make_visible_article()
    start = timezone.now() - timedelta(hours=1)
    comments = []
    for answered, minute, *_ in said:
        parent = (
            comments[answered % len(comments)] if comments and answered >= 0 else None
        )
        where = {"parent": parent} if parent else {"article": article}
        at = start + timedelta(minutes=minute)
        comments.append(make_comment(created_at=at, **where))
    for number, steps in enumerate(zip(*[iter(said)] * 1, strict=True)):
        for step in filter(None, steps[0][2:]):
            comments[number].refresh_from_db()
            getattr(comments[number], step)()
    on_page = set(Comment.objects.on_page().filter(article=article))
    for comment in comments:
        answer = client.get(comment.get_absolute_url())
        if comment not in on_page:
            assert answer.status_code == 404
            continue
        page, _, place = answer.headers["Location"].partition("#")
        assert f'id="{place}"' in client.get(page).content.decode()
        assert place == f"comment-{comment.pk}"


def test_a_permalink_takes_few_queries_wherever_it_leads(
    db, small_pages, django_assert_max_num_queries
):
    article = make_visible_article()
    for _ in range(2):
        roots = [make_shown_comment(article=article) for _ in range(5)]
        replies = make_replies(roots[0], 6)
        for comment in [roots[0], roots[4], replies[0], replies[5]]:
            found = Comment.objects.select_related("article", "root").get(pk=comment.pk)
            with django_assert_max_num_queries(3):
                address_of(found)
