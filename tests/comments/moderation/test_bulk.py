import pytest

from articles.models import TransitionError
from comments.models import Batch, Comment, Decision
from comments.moderation.bulk import decide_together, undo_together
from tests.factories import make_comment, make_user


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
    with pytest.raises(TransitionError, match="Ana Ruiz has undone"):
        undo_together(outcome.batch, by=ana)
    assert Batch.objects.count() == 2


def test_nothing_but_a_step_is_taken_on_several_comments(ana):
    with pytest.raises(ValueError, match="erase"):
        decide_together("erase", seen(make_comment()), by=ana)
