from threading import Barrier, Thread

import pytest
from django.db import connections

from articles.models import TransitionError
from comments.models import Appeal, Comment
from comments.posting.author_actions import (
    appeal,
    change_words,
    partly,
    reason_given,
    withdraw,
)
from tests.factories import make_comment, make_user


def test_a_moderator_who_decides_meanwhile_does_not_stop_the_author(db):
    comment = make_comment()
    Comment.objects.get(pk=comment.pk).approve()
    withdraw(comment)
    comment.refresh_from_db()
    assert comment.is_withdrawn


def at_the_same_instant(*steps):
    """Take the steps at once, each in a thread with its own connection; return what they raised."""
    ready, raised = Barrier(len(steps)), []

    def run(step):
        try:
            ready.wait(timeout=20)
            step()
        except TransitionError as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def test_of_two_appeals_at_one_instant_one_is_kept_and_the_other_told(transactional_db):
    comment = make_comment()
    comment.reject()
    first, second = Comment.objects.get(), Comment.objects.get()
    raised = at_the_same_instant(
        lambda: appeal(first, "One."), lambda: appeal(second, "Two.")
    )
    assert len(raised) == 1
    assert Appeal.objects.get().message in {"One.", "Two."}


def test_the_same_change_twice_at_one_instant_is_made_once(transactional_db):
    comment = make_comment()
    first, second = Comment.objects.get(), Comment.objects.get()
    raised = at_the_same_instant(
        lambda: change_words(first, "New."), lambda: change_words(second, "New.")
    )
    assert raised == []
    assert comment.earlier_texts.count() == 1


@pytest.mark.parametrize("reason", ["spam", "other", ""])
def test_an_author_is_not_told_a_reason_that_is_for_the_desk(db, reason):
    comment = make_comment()
    comment.reject(by=make_user(), reason=reason)
    assert reason_given(comment) == ""


def test_the_reason_stays_when_a_moderator_keeps_or_restores_the_rejection(db):
    comment, moderator = make_comment(), make_user()
    comment.reject(by=moderator, reason="abuse")
    appeal(comment, "Look again.")
    comment.keep(by=moderator)
    assert reason_given(comment) == "abuse"
    comment.approve(by=moderator)
    assert reason_given(comment) == ""
    comment.undo(by=moderator)
    assert reason_given(comment) == "abuse"


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ines@example.org", "i…@example.org"), ("a@b.org", "a…@b.org")],
)
def test_an_address_is_shown_in_part(address, shown):
    assert partly(address) == shown
