from datetime import timedelta

import pytest
from django.utils import timezone

from comments.models import Appeal, Comment
from comments.moderation.queue import (
    CARDS,
    MOST_QUEUE_COUNTED,
    QUEUE_LISTS,
    WAITING,
    Card,
    ShownState,
    by_article,
    cards_of,
    cards_since,
    queue_page,
    seen,
)
from tests.factories import (
    DAY,
    make_comment,
    make_report,
    make_shown_comment,
    make_user,
    make_visible_article,
)

MINUTE = timedelta(minutes=1)
ALIKE = "Buy cheap pills from my good friend now"
REPORTED, APPEALED, DECIDED = (
    QUEUE_LISTS[name] for name in ["reported", "appealed", "decided"]
)


def unlike(number):
    """Words that are different for each number."""
    return " ".join(
        f"{word}{number}" for word in ["river", "bread", "tram", "vote", "sun"]
    )


def make_waiting(number, **fields):
    article = make_visible_article()
    start = timezone.now() - DAY
    return [
        make_comment(
            **{
                "article": article,
                "body": unlike(place),
                "created_at": start + place * MINUTE,
            }
            | fields
        )
        for place in range(number)
    ]


def keys(comments):
    return [comment.pk for comment in comments]


def firsts(cards):
    return [card.key for card in cards]


def walk(pile, **where):
    """The cards of all pages of a list."""
    cards, after = [], ""
    while True:
        page = queue_page(pile, after=after, **where)
        cards += page.cards
        if not (after := page.next):
            return cards


def test_what_waits_longest_comes_first(db):
    comments = make_waiting(3)
    assert firsts(queue_page(WAITING).cards) == keys(comments)
    assert queue_page(WAITING).next == ""


def test_every_comment_is_on_one_page(db):
    comments = make_waiting(2 * CARDS + 3)
    assert firsts(walk(WAITING)) == keys(comments)


def test_what_was_written_in_one_moment_is_on_one_page_each(db):
    comments = make_waiting(CARDS + 5, created_at=timezone.now() - DAY)
    assert firsts(walk(WAITING)) == keys(comments)


def test_those_that_are_alike_make_one_card(db):
    first, second, third = make_waiting(3)
    copies = make_waiting(14, body=ALIKE)
    Comment.objects.filter(pk=third.pk).update(created_at=timezone.now())
    cards = queue_page(WAITING).cards
    (group,) = [card for card in cards if card.others]
    assert keys(group.comments) == keys(copies)
    assert group.ended_at - group.begun_at == 13 * MINUTE
    assert not group.is_burst
    assert len(cards) == 4


def test_no_comment_is_skipped_where_alike_ones_are_taken_ahead(db):
    make_waiting(CARDS + 10)
    article = make_visible_article()
    for hours in [30, 1, 0]:
        at = timezone.now() - timedelta(hours=hours)
        make_comment(article=article, body=ALIKE, created_at=at)
    shown = {comment.pk for card in walk(WAITING) for comment in card.comments}
    assert shown == set(keys(Comment.objects.waiting()))
    assert len(queue_page(WAITING).cards[0].comments) == 3


def test_what_was_reported_most_comes_first(db):
    once, thrice, never = (make_shown_comment() for _ in range(3))
    for comment, times in [(once, 1), (thrice, 3)]:
        for _ in range(times):
            make_report(comment)
    Comment.objects.filter(pk=thrice.pk).update(status="approved")
    assert firsts(queue_page(REPORTED).cards) == [thrice.pk, once.pk]


def test_the_reported_are_on_one_page_each(db):
    comments = make_waiting(2 * CARDS + 3)
    for place, comment in enumerate(comments):
        Comment.objects.filter(pk=comment.pk).update(open_reports=place // 3 + 1)
    assert firsts(walk(REPORTED)) == keys(reversed(comments))


def test_the_appealed_and_the_decided_are_on_one_page_each(db):
    comments = make_waiting(CARDS + 3)
    for comment in comments:
        comment.reject(by=make_user(), reason="abuse")
        Appeal.objects.create(comment=comment, message="No.")
    assert firsts(walk(APPEALED)) == keys(comments)
    assert firsts(walk(DECIDED)) == keys(reversed(comments))


def test_what_was_decided_long_ago_is_not_lately(db):
    comment = make_shown_comment()
    comment.reject(by=make_user(), reason="abuse")
    assert DECIDED.count() == 1
    Comment.objects.update(judged_at=timezone.now() - 8 * DAY)
    assert DECIDED.count() == 0


def test_one_article_alone_can_be_looked_at(db):
    make_waiting(2)
    comments = make_waiting(2)
    cards = walk(WAITING, article=comments[0].article_id)
    assert firsts(cards) == keys(comments)


def test_the_cards_can_be_arranged_by_their_articles():
    one, other = 7, 3
    cards = [
        Card(Comment(pk=place, article_id=article))
        for place, article in enumerate([one, other, one, other], start=1)
    ]
    assert firsts(by_article(cards)) == [1, 3, 2, 4]


def test_a_pile_is_counted_no_further_than_a_number_that_says_enough(db):
    article = make_visible_article()
    Comment.objects.bulk_create(
        Comment(article=article, name="A", body="B")
        for _ in range(MOST_QUEUE_COUNTED + 5)
    )
    assert WAITING.count() == MOST_QUEUE_COUNTED + 1


# What is new


def test_what_comes_to_wait_is_new(db):
    old = make_shown_comment()
    mark = WAITING.mark()
    assert WAITING.keys_since(mark) == []
    new = make_comment()
    edited = make_shown_comment()
    edited.edit("Other words.")
    old.edit("Other words, too.")
    assert WAITING.keys_since(mark) == sorted(keys([old, new, edited]))
    assert WAITING.keys_since(mark, article=new.article_id) == [new.pk]
    shown = {
        comment.pk
        for card in cards_since(WAITING, mark).cards
        for comment in card.comments
    }
    assert shown == {old.pk, new.pk, edited.pk}


def test_what_was_decided_meanwhile_is_not_new(db):
    mark = WAITING.mark()
    make_comment().approve(by=make_user())
    assert WAITING.keys_since(mark) == []


def test_reports_and_appeals_are_new_on_their_piles(db):
    reported, refused = make_shown_comment(), make_shown_comment()
    refused.reject()
    marks = [REPORTED.mark(), APPEALED.mark()]
    make_report(reported)
    Appeal.objects.create(comment=refused, message="No.")
    assert REPORTED.keys_since(marks[0]) == [reported.pk]
    assert APPEALED.keys_since(marks[1]) == [refused.pk]
    assert [
        REPORTED.keys_since(REPORTED.mark()),
        APPEALED.keys_since(APPEALED.mark()),
    ] == [[], []]


# What was seen


def test_what_was_seen_is_read_as_it_was_written(db):
    comment = make_comment()
    comment.edit("Other words.")
    assert ShownState.parse(seen(comment)) == ShownState(comment.pk, comment.version, 2)
    assert ShownState.parse("5-2") == ShownState(5, 2)


@pytest.mark.parametrize(
    "text", ["", "5", "5-", "a-b", "1-2-3-4", "-1-2", "²-1", "9" * 16 + "-1"]
)
def test_what_was_never_on_a_page_was_not_seen(text):
    assert ShownState.parse(text) is None


def test_cards_are_made_of_any_comments(db):
    comments = make_waiting(3)
    assert firsts(cards_of(keys(comments[1:]))) == keys(comments[1:])
    assert cards_of([]) == []
