from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from articles.models import TransitionError
from comments.models import Batch, Comment, Decision
from comments.moderation.bulk import decide_together, undo_together
from tests.factories import make_comment, make_mailbox, make_user
from tests.racing import Beside


@pytest.fixture
def ana(db):
    return make_user(role="Moderators", first_name="Ana", last_name="Ruiz")


def seen(*comments):
    return {comment.pk: comment.version for comment in comments}


def status_of(comment):
    return Comment.objects.get(pk=comment.pk).status


def test_one_press_decides_on_all_that_was_seen_and_one_undoes_it(ana):
    comments = [make_comment() for _ in range(3)]
    bystander = make_comment()
    outcome = decide_together("approve", seen(*comments), by=ana)
    assert [comment.pk for comment in outcome.done] == [one.pk for one in comments]
    assert {status_of(comment) for comment in comments} == {"approved"}
    assert status_of(bystander) == "pending"
    undone = undo_together(outcome.batch, by=ana)
    assert len(undone.done) == 3
    assert {status_of(comment) for comment in comments} == {"pending"}
    assert (
        Decision.objects.filter(batch=undone.batch, undoes__isnull=False).count() == 3
    )


def test_what_has_changed_since_it_was_seen_is_skipped_and_named(ana):
    fresh, stale = make_comment(), make_comment()
    on_screen = seen(fresh, stale)
    stale.reject(by=ana, reason="abuse")
    outcome = decide_together("approve", on_screen, by=ana)
    assert outcome.done == [fresh]
    ((skipped, why),) = outcome.skipped
    assert skipped == stale
    assert why.startswith("Ana Ruiz rejected this comment on ")
    assert status_of(stale) == "rejected"


def test_a_newer_decision_outlives_the_undo_of_a_batch(ana):
    one, other = make_comment(), make_comment()
    outcome = decide_together("approve", seen(one, other), by=ana)
    other.refresh_from_db()
    other.reject(by=ana, reason="abuse")
    undone = undo_together(outcome.batch, by=ana)
    assert undone.done == [one]
    assert [comment for comment, _ in undone.skipped] == [other]
    assert status_of(other) == "rejected"


def test_a_batch_is_undone_once(ana):
    comment = make_comment()
    outcome = decide_together("approve", seen(comment), by=ana)
    undo_together(outcome.batch, by=ana)
    with pytest.raises(TransitionError, match="Ana Ruiz has already undone"):
        undo_together(outcome.batch, by=ana)
    assert Batch.objects.count() == 2


def test_nothing_but_a_step_is_taken_on_several_comments(ana):
    with pytest.raises(ValueError, match="erase"):
        decide_together("erase", seen(make_comment()), by=ana)


def test_an_undo_that_stopped_half_way_goes_on(ana, monkeypatch):
    comments = [make_comment() for _ in range(3)]
    outcome = decide_together("approve", seen(*comments), by=ana)
    undo, left = Comment.undo, iter([1])

    def undo_one_and_fail(comment, **how):
        if next(left, None) is None:
            raise OSError("The power failed.")
        undo(comment, **how)

    monkeypatch.setattr(Comment, "undo", undo_one_and_fail)
    with pytest.raises(OSError, match="power"):
        undo_together(outcome.batch, by=ana)
    monkeypatch.setattr(Comment, "undo", undo)
    assert [status_of(one) for one in comments] == ["pending", "approved", "approved"]
    with pytest.raises(TransitionError, match="Ana Ruiz has already undone"):
        undo_together(outcome.batch, by=ana)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        undone = undo_together(outcome.batch, by=ana)
    assert len(undone.done) == 2
    assert {status_of(one) for one in comments} == {"pending"}
    assert Batch.objects.filter(undoes=outcome.batch).count() == 1


@pytest.mark.django_db(transaction=True)
def test_others_write_between_two_comments_of_a_batch(monkeypatch):
    comments = [make_comment() for _ in range(2)]
    approve, written = Comment.approve, []

    def write_and_approve(comment, **how):
        # In another connection, which would wait for an open transaction on SQLite.
        written.append(Beside(make_mailbox).join())
        approve(comment, **how)

    monkeypatch.setattr(Comment, "approve", write_and_approve)
    outcome = decide_together(
        "approve", seen(*comments), by=make_user(role="Moderators")
    )
    assert len(outcome.done) == 2
    assert len({mailbox.pk for mailbox in written}) == 2
