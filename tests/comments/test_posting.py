from threading import Barrier, Thread

import pytest
from django.db import connection

from comments.models import Comment
from comments.networks import recent_hashes
from comments.posting import TooManyComments, repeat_key, take
from tests.factories import (
    make_shown_comment,
    make_user,
    make_visible_article,
)


def a_comment(article, **fields):
    return Comment(**{"article": article, "name": "Inés", "body": "A remark."} | fields)


def all_at_once(*steps):
    """Take the steps at the same instant, each in a thread with a connection of its own; what they returned or raised."""
    barrier = Barrier(len(steps))
    results = []

    def run(step):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            results.append(step())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_a_comment_waits_for_a_moderator(db):
    comment = take(a_comment(make_visible_article()), networks=["n"])
    comment.refresh_from_db()
    assert comment.status == Comment.Status.PENDING
    assert comment.network == "n"
    assert comment.by is None


def test_that_of_a_moderator_is_shown_at_once(db):
    moderator = make_user(role="Moderators")
    comment = take(
        a_comment(make_visible_article()), networks=["n"], by=moderator, decoy=True
    )
    assert list(Comment.objects.shown()) == [comment]
    assert comment.by == moderator
    assert comment.decisions.get().by == moderator


def test_the_same_words_make_one_row(db):
    article = make_visible_article()
    first = take(a_comment(article), networks=["n"])
    assert take(a_comment(article), networks=["n"]) == first
    assert Comment.objects.get() == first


def test_a_repeat_after_midnight_is_one_too(db):
    article = make_visible_article()
    first = take(a_comment(article), networks=["yesterday"])
    assert take(a_comment(article), networks=["today", "yesterday"]) == first


def test_any_difference_makes_another_comment(db, settings):
    settings.COMMENT_RATE = []
    parent = make_shown_comment()
    article = parent.article
    for fields in [
        {},
        {"name": "Ines"},
        {"email": "ines@example.org"},
        {"body": "A remark!"},
        {"parent": parent},
        {"article": make_visible_article()},
        # Not the same, though the same when run together.
        {"name": "InésA", "body": " remark."},
    ]:
        take(a_comment(**{"article": article} | fields), networks=["n"])
    take(a_comment(article), networks=["another"])
    assert Comment.objects.count() == 1 + 8


def test_after_a_refusal_the_same_words_are_a_new_comment(db):
    article = make_visible_article()
    first = take(a_comment(article), networks=["n"])
    first.reject()
    second = take(a_comment(article), networks=["n"])
    assert second != first
    assert second.status == Comment.Status.PENDING


def test_what_fell_for_the_decoy_is_kept_and_seen_by_nobody(db):
    comment = take(a_comment(make_visible_article()), networks=["n"], decoy=True)
    comment.refresh_from_db()
    assert comment.status == Comment.Status.SPAM
    assert comment.body == "A remark."
    assert comment.decisions.get().note
    assert not Comment.objects.waiting()


def test_of_one_network_only_so_many_are_taken_and_repeats_do_not_count(db, settings):
    settings.COMMENT_RATE = ["2/m"]
    article = make_visible_article()
    take(a_comment(article, body="one"), networks=["n"])
    for _ in range(3):
        take(a_comment(article, body="one"), networks=["n"])
    take(a_comment(article, body="two"), networks=["n"])
    with pytest.raises(TooManyComments) as refusal:
        take(a_comment(article, body="three"), networks=["n"])
    assert 1 <= refusal.value.seconds <= 60
    # What was taken before is still found, and others are not held up.
    take(a_comment(article, body="two"), networks=["n"])
    take(a_comment(article, body="three"), networks=["m"])
    take(
        a_comment(article, body="four"), networks=["n"], by=make_user(role="Moderators")
    )
    assert {comment.body for comment in Comment.objects.all()} == {
        "one",
        "two",
        "three",
        "four",
    }


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (3541, "1 hour"),
        (3600, "1 hour"),
        (3601, "2 hours"),
    ],
)
def test_the_wait_is_said_in_words(seconds, words):
    assert TooManyComments(seconds).wait == words


def test_a_repeat_cannot_be_computed_without_the_secret(settings):
    comment = Comment(article_id=1, name="Inés", body="A remark.")
    before = repeat_key(comment, "n")
    settings.SECRET_KEY = "another"
    assert repeat_key(comment, "n") != before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["192.0.2.1", ""])
def test_the_same_words_at_the_same_instant_make_one_row(address, rf):
    article = make_visible_article()
    networks = recent_hashes(rf.post("/", REMOTE_ADDR=address))
    taken = all_at_once(*[lambda: take(a_comment(article), networks=networks)] * 6)
    assert [type(comment) for comment in taken] == [Comment] * 6, taken
    comment = Comment.objects.get()
    assert {other.pk for other in taken} == {comment.pk}


@pytest.mark.django_db(transaction=True)
def test_no_burst_gets_past_the_rate(settings, rf):
    settings.COMMENT_RATE = ["2/m"]
    articles = [make_visible_article() for _ in range(6)]
    networks = recent_hashes(rf.post("/"))
    taken = all_at_once(
        *[
            lambda article=article: take(a_comment(article), networks=networks)
            for article in articles
        ]
    )
    assert sum(isinstance(result, TooManyComments) for result in taken) == 4, taken
    assert Comment.objects.count() == 2
