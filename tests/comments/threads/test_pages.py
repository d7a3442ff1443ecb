from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.utils import timezone

from articles.core.pagination import Cursor, filter_beyond
from comments.models import Comment, Thread
from comments.threads import pages
from comments.threads.pages import page_of, page_under, picks_of, root_in, thread_of
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_visible_article,
)


@pytest.fixture
def two_roots_a_page(monkeypatch):
    monkeypatch.setattr(pages, "ROOTS_A_PAGE", 2)


def make_roots(article, number):
    start = timezone.now() - timedelta(days=1)
    return [
        make_shown_comment(article=article, created_at=start + timedelta(minutes=n))
        for n in range(number)
    ]


def roots_of(article, **kwargs):
    page = page_of(article, **kwargs)
    return [entry.comment for entry in page.entries], page.more and str(page.more)


def make_replies(root, number):
    start = root.created_at
    return [
        make_shown_comment(parent=root, created_at=start + timedelta(seconds=n + 1))
        for n in range(number)
    ]


def replies_of(entry):
    return [reply.comment for reply in entry.replies]


def test_a_page_shows_roots_with_their_replies(db):
    article = make_visible_article()
    first, second = make_roots(article, 2)
    reply = make_shown_comment(parent=first)
    answer = make_shown_comment(parent=reply)
    make_comment(article=article)
    make_comment(parent=second)
    make_shown_comment()
    page = page_of(article)
    assert page.more is None
    assert page.is_first
    assert [entry.comment for entry in page.entries] == [first, second]
    assert replies_of(page.entries[0]) == [reply, answer]
    assert replies_of(page.entries[1]) == []


def test_a_reply_to_a_reply_says_whom_it_answers(db):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    make_shown_comment(parent=reply)
    [entry] = page_of(root.article).entries
    assert [reply.answered for reply in entry.replies] == [None, reply]


def test_a_reply_does_not_quote_what_readers_cannot_see(db):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    make_shown_comment(parent=reply)
    reply.reject()
    [entry] = page_of(root.article).entries
    assert [reply.answered for reply in entry.replies] == [None]


def test_a_root_that_is_gone_stands_as_a_tombstone(db):
    root = make_shown_comment()
    make_shown_comment(parent=root)
    root.withdraw()
    [entry] = page_of(root.article).entries
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


@pytest.mark.parametrize("after", ["x", "1-0", "9" * 400 + "-1", f"{10**16}-1"])
def test_a_cursor_that_nobody_was_given_is_not_found(db, after):
    article = make_visible_article()
    make_roots(article, 2)
    with pytest.raises(Http404):
        roots_of(article, after=after)


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
    [entry] = page_of(comment.article).entries
    assert {"email", "network", "repeat_key"} <= entry.comment.get_deferred_fields()


def test_under_an_article_that_is_not_public_nothing_is_found(db):
    comment = make_shown_comment(article=make_visible_article())
    comment.article.withdraw()
    assert roots_of(comment.article) == ([], None)
    assert roots_of(make_article()) == ([], None)
    assert root_in(comment.article, comment.pk) is None


def test_two_queries_however_many_comments(db, django_assert_num_queries):
    article = make_visible_article()
    for number in [1, 12]:
        for root in make_roots(article, number):
            for reply in make_replies(root, number):
                make_shown_comment(parent=reply)
        with django_assert_num_queries(2):
            for entry in page_of(article).entries:
                assert [reply.html for reply in entry.replies]
                assert [
                    reply.answered and reply.answered.body for reply in entry.replies
                ]


# Folding


def test_five_replies_stand_under_a_root_and_the_others_are_folded_away(db):
    article = make_visible_article()
    five, six, none = make_roots(article, 3)
    first_five = make_replies(five, 5)
    *first_of_six, _ = make_replies(six, 6)
    five, six, none = page_of(article).entries
    assert [replies_of(five), five.is_folded] == [first_five, False]
    assert [replies_of(six), six.is_folded] == [first_of_six, True]
    assert [replies_of(none), none.is_folded] == [[], False]
    assert six.comment.approved_replies == 6


def test_replies_of_one_moment_fold_at_one_place(db):
    root = make_shown_comment()
    replies = [
        make_shown_comment(parent=root, created_at=root.created_at) for _ in range(8)
    ]
    [entry] = page_of(root.article).entries
    assert replies_of(entry) == replies[:5]
    assert entry.is_folded


def test_what_is_not_shown_is_not_counted_among_the_five(db):
    root = make_shown_comment()
    replies = make_replies(root, 7)
    for reply in replies[:2]:
        reply.reject()
    make_comment(parent=root, created_at=root.created_at)
    [entry] = page_of(root.article).entries
    assert replies_of(entry) == replies[2:]
    assert not entry.is_folded


def test_no_more_than_the_first_replies_are_ever_loaded(
    db, django_assert_num_queries, monkeypatch
):
    root = make_shown_comment()
    make_replies(root, 20)
    loaded = []
    from_db = Comment.from_db.__func__
    monkeypatch.setattr(
        Comment,
        "from_db",
        classmethod(lambda *args, **kw: loaded.append(1) or from_db(*args, **kw)),
    )
    page_of(root.article)
    assert len(loaded) == 1 + 5


def test_the_page_of_a_root_holds_its_replies_stretch_by_stretch(db, monkeypatch):
    monkeypatch.setattr(pages, "REPLIES_A_PAGE", 3)
    root = make_shown_comment()
    replies = make_replies(root, 7)
    seen, after = [], None
    for number in range(3):
        page = page_under(root, after=after)
        [entry] = page.entries
        assert entry.comment == root
        assert not entry.is_folded
        assert page.is_first is (number == 0)
        seen += replies_of(entry)
        after = page.more and str(page.more)
    assert seen == replies
    assert after is None


@pytest.mark.parametrize(
    "after", ["x", "1-0", "9" * 400 + "-1", "-5--1", f"{10**16}-1"]
)
def test_a_cursor_that_nobody_was_given_finds_no_replies(db, after):
    root = make_shown_comment()
    make_replies(root, 2)
    with pytest.raises(Http404):
        page_under(root, after=after)


def test_a_reply_quotes_whom_it_answers_also_when_that_one_is_elsewhere(
    db, monkeypatch
):
    monkeypatch.setattr(pages, "REPLIES_A_PAGE", 2)
    root = make_shown_comment(created_at=timezone.now() - timedelta(hours=1))
    first, _ = make_replies(root, 2)
    make_shown_comment(parent=first)
    further = str(page_under(root).more)
    [entry] = page_under(root, after=further).root.replies
    assert (entry.answered.name, entry.answered.body) == (first.name, first.body)
    assert entry.answered_address == first.get_absolute_url()
    first.reject()
    [entry] = page_under(root, after=further).root.replies
    assert entry.answered is None


def test_one_that_stands_on_the_page_is_quoted_with_a_way_within_it(db):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    make_shown_comment(parent=reply)
    _, entry = page_of(root.article).entries[0].replies
    assert entry.answered_address == f"#comment-{reply.pk}"


def test_only_a_root_on_the_page_has_a_page_of_its_own(db):
    root, other = make_shown_comment(), make_shown_comment()
    reply = make_shown_comment(parent=root)
    waiting = make_comment(article=root.article)
    buried = make_shown_comment(article=root.article)
    buried.withdraw()
    assert root_in(root.article, str(root.pk)) == root
    for id in [reply.pk, other.pk, waiting.pk, buried.pk, 0, -1, "", "x", "1\x00"]:
        assert root_in(root.article, str(id)) is None
    for id in ["9" * 30, "-" + "9" * 30, "9" * 5000]:
        assert root_in(root.article, id) is None


# Picks


def test_the_newest_picks_come_first_and_there_are_five(db):
    article = make_visible_article()
    roots = make_roots(article, 7)
    start = timezone.now()
    for number, comment in enumerate([*roots[::-1]]):
        Comment.objects.filter(pk=comment.pk).update(
            picked_at=start + timedelta(minutes=number)
        )
    make_roots(article, 1)
    assert [entry.comment for entry in picks_of(article)] == roots[:5]


def test_a_pick_is_shown_only_while_readers_may_see_the_comment(db):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    reply.pick()
    elsewhere = make_shown_comment()
    elsewhere.pick()
    [entry] = picks_of(root.article)
    assert entry.comment == reply
    root.mark_spam()
    assert picks_of(root.article) == []
    root.approve()
    reply.refresh_from_db()
    reply.reject()
    assert picks_of(root.article) == []
    elsewhere.article.withdraw()
    assert picks_of(elsewhere.article) == []


# Query plans of SQLite. PostgreSQL chooses plans by the number of rows: see tests/benchmarks.


@pytest.fixture
def ways():
    if connection.vendor != "sqlite":
        pytest.skip("the way is chosen by how many rows there are")
    return lambda rows: rows.explain()


def test_roots_are_read_from_their_index_in_either_order_and_from_any_place(db, ways):
    place = Cursor(timezone.now(), 1)
    roots = Comment.objects.roots_on_page(make_visible_article())
    for rows, bound in [
        (roots.oldest_first(), ""),
        (roots.newest_first(), ""),
        (
            filter_beyond(roots, place.after("created_at")).oldest_first(),
            "created_at>?",
        ),
        (
            filter_beyond(roots, place.before("created_at")).newest_first(),
            "created_at<?",
        ),
    ]:
        way = ways(rows[:51])
        assert "USING INDEX roots_on_a_page (article_id=?" in way
        assert bound in way
        assert "TEMP B-TREE" not in way


@pytest.mark.parametrize("folded", [0, 1, 25, 50])
def test_replies_are_looked_up_root_by_root(db, ways, folded):
    roots = [Comment(pk=pk) for pk in range(1, 51)]
    for number, root in enumerate(roots):
        root.folds_at = timezone.now() if number < folded else None
        root.folds_with = 4711
    replies = Comment.objects.replies_before_the_fold(roots).with_answered_comment()
    way = ways(replies)
    assert "replies_of_a_root" in way
    assert "comments_by_status" not in way
    assert "SCAN" not in way


def test_feeds_are_read_from_their_indexes(db, ways):
    shown = Comment.objects.shown().newest_first()
    assert "comments_by_status" in ways(shown[:30])
    of_article = shown.filter(article=make_visible_article())
    assert "comments_of_an_article" in ways(of_article[:30])
    assert "TEMP B-TREE" not in ways(shown[:30]) + ways(of_article[:30])
