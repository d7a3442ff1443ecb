"""
A comment is screened before the transaction that stores it.

Nobody waits for the screening, and what changes during it counts all the same.
"""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import TransitionError
from comments.models import Comment, Mute, NetworkKey, Thread
from comments.models.sender_locks import lock_sender
from comments.posting import author_actions
from comments.posting.submit import SCREENED_BEFORE, NotOpen, submit_comment
from comments.screening.rules import RULES, Rule
from comments.security.networks import hash_sender
from comments.security.throttling import TooMany
from tests.comments.views.sending import address_of_thread, assert_words_are_back, send
from tests.factories import make_mailbox, make_user, make_visible_article
from tests.racing import Beside, held_open

NETWORK = "127.0.0.0/24"


@pytest.fixture
def during_the_screening():
    """Adds a rule that finds nothing and does some work, `times` times."""
    added = []

    def add(work, *, times=1):
        left = iter(range(times))

        def look(posted):
            if next(left, None) is not None:
                work()
            return []

        rule = Rule(look, for_staff=True)
        added.append(rule)
        RULES.append(rule)

    yield add
    for rule in added:
        RULES.remove(rule)


def a_comment(article, **fields):
    return Comment(**{"article": article, "name": "Inés", "body": "A remark."} | fields)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["post", "edit"])
def test_others_write_while_a_comment_is_screened(way, during_the_screening):
    article = make_visible_article()
    first = submit_comment(a_comment(article), network="n")
    written = []

    def write():
        # In a thread and connection of its own: on SQLite it would wait for an open transaction.
        written.append(Beside(lambda: make_mailbox()).join())

    during_the_screening(write)
    if way == "post":
        submit_comment(a_comment(article, body="More."), network="n")
    else:
        author_actions.change_words(first, "Other words.")
    assert written[0].pk


def test_a_mute_of_that_moment_holds_the_comment(db, during_the_screening):
    article = make_visible_article()
    rude = submit_comment(a_comment(article), network="n")
    until = timezone.now() + timedelta(days=1)
    during_the_screening(
        lambda: Mute.objects.of_network(
            rude, until=until, reason="Rude.", by=make_user()
        )
    )
    comment = submit_comment(a_comment(article, body="More."), network="n")
    assert comment.signals.get(rule="muted").words == "Rude."


def test_a_conversation_that_was_held_meanwhile_holds_it(db, during_the_screening):
    article = make_visible_article()
    during_the_screening(lambda: Thread.objects.of(article).set_policy("held"))
    comment = submit_comment(a_comment(article), network="n")
    assert comment.signals.filter(rule="held_thread").exists()


def test_the_same_words_sent_meanwhile_are_one_comment(db, during_the_screening):
    article = make_visible_article()
    others = []
    during_the_screening(
        lambda: others.append(submit_comment(a_comment(article), network="n"))
    )
    assert submit_comment(a_comment(article), network="n") == others[0]
    assert Comment.objects.get() == others[0]


def test_the_rate_counts_what_was_sent_meanwhile(db, settings, during_the_screening):
    settings.COMMENT_RATE = ["1/h"]
    article = make_visible_article()
    during_the_screening(
        lambda: submit_comment(a_comment(article, body="One."), network="n")
    )
    with pytest.raises(TooMany):
        submit_comment(a_comment(article, body="Two."), network="n")
    assert Comment.objects.get().body == "One."


def test_a_burst_of_one_sender_is_found_and_stored_all_the_same(
    db, settings, during_the_screening
):
    settings.COMMENT_RATE = []
    article = make_visible_article()
    bodies = iter(range(100))

    def sent_beside():
        submit_comment(a_comment(article, body=f"No. {next(bodies)}"), network="n")

    during_the_screening(sent_beside, times=2 * SCREENED_BEFORE + 2)
    comment = submit_comment(a_comment(article, body="Last."), network="n")
    assert comment.signals.get(rule="flood").value > SCREENED_BEFORE


@pytest.mark.parametrize("what", ["withdrawn", "closed"])
def test_an_article_that_is_closed_meanwhile_takes_nothing(
    what, db, client, during_the_screening
):
    article = make_visible_article()

    def close():
        if what == "withdrawn":
            article.withdraw(notice="We were wrong.")
        else:
            Thread.objects.of(article).set_policy("closed")

    during_the_screening(close)
    answer = send(client, article)
    assert answer.status_code == {"withdrawn": 410, "closed": 403}[what]
    assert_words_are_back(answer)
    assert not Comment.objects.exists()
    with pytest.raises(NotOpen):
        submit_comment(a_comment(article), network="n")


def test_an_edit_is_held_by_a_mute_of_that_moment(db, during_the_screening):
    article = make_visible_article()
    comment = submit_comment(a_comment(article), network=NETWORK)
    comment.approve(by=make_user())
    until = timezone.now() + timedelta(days=1)
    during_the_screening(
        lambda: Mute.objects.of_network(
            comment, until=until, reason="Rude.", by=make_user()
        )
    )
    author_actions.change_words(comment, "Other words.", network=NETWORK)
    assert comment.signals.filter(rule="muted", text_revision=2).exists()


def test_an_edit_that_comes_too_late_says_so(db, during_the_screening):
    comment = submit_comment(a_comment(make_visible_article()), network="n")
    during_the_screening(lambda: Comment.objects.get(pk=comment.pk).withdraw())
    with pytest.raises(TransitionError, match="You have withdrawn"):
        author_actions.change_words(comment, "Other words.")


@contextmanager
def impatient():
    """Our connection waits for locks for 0.3 seconds instead of many."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET lock_timeout = 300")
        else:
            cursor.execute("PRAGMA busy_timeout = 300")
    yield
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_while_another_writer_holds_the_database_the_words_come_back(client, caplog):
    article = make_visible_article()
    NetworkKey.objects.of_last_days()
    with impatient(), held_open(lambda: lock_sender(hash_sender(NETWORK))):
        answer = send(client, article)
        assert answer.status_code == 503
        assert_words_are_back(answer)
        assert int(answer.headers["Retry-After"]) > 0
        assert "too busy to store your comment" in answer.content.decode()
        assert f'action="{address_of_thread(article)}"' in answer.content.decode()
    assert "could not be stored" in caplog.text
    assert not Comment.objects.exists()
    assert send(client, article).status_code == 303
