"""The steps of a comment's author: editing and erasing."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from articles.models import TransitionError
from comments.models import Appeal, Comment, Report, Signal
from comments.models.comment import EDIT_WINDOW
from tests.factories import make_comment, make_shown_comment, make_user

Status = Comment.Status


def test_the_earlier_words_are_kept_when_the_author_changes_them(db):
    comment = make_comment(body="What I wrote first.")
    seen = comment.version
    comment.edit("What I meant.")
    assert (comment.body, comment.text_revision) == ("What I meant.", 2)
    earlier = comment.earlier_texts.get()
    assert (earlier.number, earlier.body) == (1, "What I wrote first.")
    assert not comment.decisions.exists()
    with pytest.raises(TransitionError):
        comment.approve(seen=seen)


def test_changed_words_wait_again_and_the_count_follows(db):
    comment = make_shown_comment()
    comment.edit("Other words.")
    assert comment.is_waiting
    assert comment.article.thread.shown_count == 0
    decision = comment.decisions.first()
    assert (decision.who, decision.text_revision) == ("Its author", 2)
    with pytest.raises(TransitionError, match="no decision"):
        comment.undo()


def test_words_can_be_changed_until_the_window_closes_and_not_at_its_very_end(db):
    comment = make_comment()
    end = comment.created_at + EDIT_WINDOW
    with time_machine.travel(end, tick=False):
        assert not comment.is_editable
        with pytest.raises(TransitionError, match="too late"):
            comment.edit("Later.")
    with time_machine.travel(end - timedelta(microseconds=1), tick=False):
        assert comment.is_editable
        comment.edit("In time.")


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED])
def test_words_that_somebody_answered_stay_as_they_are(db, status):
    comment = make_shown_comment()
    make_comment(parent=comment, status=status)
    assert not comment.is_editable
    with pytest.raises(TransitionError):
        comment.edit("Something else.")
    comment.refresh_from_db()
    assert comment.text_revision == 1


@pytest.mark.parametrize("step", ["reject", "mark_spam", "withdraw"])
def test_words_that_were_taken_off_cannot_be_changed(db, step):
    comment = make_comment()
    getattr(comment, step)()
    with pytest.raises(TransitionError):
        comment.edit("Something else.")


def test_erasing_leaves_no_word_of_the_author(db):
    comment = make_shown_comment(
        name="Ines", body="Secret words.", email="ines@example.org", notify=True
    )
    comment.edit("Secret words, again.")
    comment.reject(by=make_user())
    Appeal.objects.create(comment=comment, message="Secret appeal")
    Report.objects.create(comment=comment, reason="abuse", sentence="Secret quote")
    Signal.objects.create(comment=comment, text_revision=1, rule="x", words="Secret")
    comment.erase()
    assert comment.is_erased
    assert comment.is_withdrawn
    assert (comment.name, comment.email, comment.body) == ("", "", "")
    assert not comment.notify
    assert not comment.earlier_texts.exists()
    assert not comment.signals.exists()
    assert comment.reports.get().sentence == ""
    assert Appeal.objects.get().message == ""


def test_an_erased_root_stands_as_a_tombstone_over_its_replies(db):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    root.erase()
    assert set(Comment.objects.on_page()) == {root, reply}
    assert root.article.thread.shown_count == 1


def test_erasing_twice_changes_nothing_more(db):
    comment = make_shown_comment()
    comment.erase()
    comment.erase()
    assert comment.decisions.filter(to_status=Status.WITHDRAWN).count() == 1
    assert comment.erased_at <= timezone.now()
