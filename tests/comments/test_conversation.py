from datetime import timedelta

import pytest
from django.utils import timezone

from comments import conversation
from comments.conversation import address_of, page_of, thread_of
from comments.models import Comment, Thread
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_visible_article,
)


@pytest.fixture
def two_roots_a_page(monkeypatch):
    monkeypatch.setattr(conversation, "ROOTS_A_PAGE", 2)


def make_roots(article, number):
    start = timezone.now() - timedelta(days=1)
    return [
        make_shown_comment(article=article, created_at=start + timedelta(minutes=n))
        for n in range(number)
    ]


def roots_of(article, **kwargs):
    entries, more = page_of(article, **kwargs)
    return [entry.comment for entry in entries], more and str(more)


def test_a_page_shows_roots_with_their_replies(db):
    article = make_visible_article()
    first, second = make_roots(article, 2)
    reply = make_shown_comment(parent=first)
    answer = make_shown_comment(parent=reply)
    make_comment(article=article)
    make_comment(parent=second)
    make_shown_comment()
    entries, more = page_of(article)
    assert more is None
    assert [entry.comment for entry in entries] == [first, second]
    assert [entry.comment for entry in entries[0].replies] == [reply, answer]
    assert entries[1].replies == []


def test_a_reply_to_a_reply_says_whom_it_answers(db):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    make_shown_comment(parent=reply)
    [entry] = page_of(root.article)[0]
    assert [reply.answered for reply in entry.replies] == [None, reply]


def test_a_reply_does_not_quote_what_readers_cannot_see(db):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    make_shown_comment(parent=reply)
    reply.reject()
    [entry] = page_of(root.article)[0]
    assert [reply.answered for reply in entry.replies] == [None]


def test_a_root_that_is_gone_stands_as_a_tombstone(db):
    root = make_shown_comment()
    make_shown_comment(parent=root)
    root.withdraw()
    [entry] = page_of(root.article)[0]
    assert entry.is_tombstone
    assert entry.comment.is_withdrawn
    assert len(entry.replies) == 1


def test_paging_shows_every_root_once_in_either_order(db, two_roots_a_page):
    article = make_visible_article()
    roots = make_roots(article, 5)
    for newest_first in [False, True]:
        seen, after = [], None
        for _ in range(3):
            page, after = roots_of(article, after=after, newest_first=newest_first)
            seen += page
        assert seen == (roots[::-1] if newest_first else roots)
        assert after is None


def test_a_full_last_page_leads_no_further(db, two_roots_a_page):
    article = make_visible_article()
    make_roots(article, 2)
    assert roots_of(article)[1] is None


@pytest.mark.parametrize("after", ["x", "", "1-0", "9" * 400 + "-1"])
def test_a_cursor_that_nobody_was_given_leads_to_the_first_page(db, after):
    article = make_visible_article()
    roots = make_roots(article, 2)
    assert roots_of(article, after=after) == (roots, None)


def test_a_comment_is_found_on_the_page_where_it_stands(db, two_roots_a_page):
    article = make_visible_article()
    roots = make_roots(article, 5)
    reply = make_shown_comment(parent=roots[4])
    for comment in [*roots, reply]:
        address = address_of(Comment.objects.get(pk=comment.pk))
        page, _, place = address.partition("#")
        assert place == f"comment-{comment.pk}"
        path, _, cursor = page.partition("?after=")
        found, _ = roots_of(article, after=cursor or None)
        assert (comment.root or comment) in found
        on_article_page = comment in roots[:2]
        assert (path == article.get_absolute_url()) is on_article_page


def test_a_page_makes_no_thread(db):
    article = make_visible_article()
    assert thread_of(article).shown_count == 0
    assert not Thread.objects.exists()


def test_the_thread_is_read_once(db, django_assert_num_queries):
    for article in [make_visible_article(), make_shown_comment().article]:
        article.refresh_from_db()
        with django_assert_num_queries(1):
            assert thread_of(article).shown_count == thread_of(article).shown_count


def test_what_readers_must_not_see_is_not_loaded(db):
    comment = make_shown_comment(email="ines@example.org")
    [entry] = page_of(comment.article)[0]
    assert {"email", "network", "repeat_key"} <= entry.comment.get_deferred_fields()


def test_under_an_article_that_is_not_public_nothing_is_found(db):
    comment = make_shown_comment(article=make_visible_article())
    comment.article.withdraw()
    assert page_of(comment.article) == ([], None)
    assert page_of(make_article()) == ([], None)


def test_two_queries_however_many_comments(db, django_assert_num_queries):
    article = make_visible_article()
    for number in [1, 12]:
        for root in make_roots(article, number):
            make_shown_comment(parent=make_shown_comment(parent=root))
        with django_assert_num_queries(2):
            entries, _ = page_of(article)
            for entry in entries:
                assert [reply.html for reply in entry.replies]
