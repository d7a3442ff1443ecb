"""Reports, appeals and picks of a comment."""

import pytest

from articles.models import TransitionError
from comments.models import Appeal, Comment, Report
from tests.factories import make_comment, make_shown_comment, make_user, numbers

Status = Comment.Status


def report(comment):
    Report.objects.create(comment=comment, reason="abuse", network=str(next(numbers)))
    Comment.objects.filter(pk=comment.pk).update(open_reports=comment.reports.count())
    comment.refresh_from_db()


def test_keeping_a_comment_answers_its_reports(db):
    comment = make_shown_comment()
    report(comment)
    assert set(Comment.objects.reported()) == {comment}
    assert comment.possible_steps[0] == "keep"
    comment.keep(by=make_user(first_name="Ana"))
    assert comment.is_approved
    assert not Comment.objects.reported()
    assert comment.decisions.first().in_words == "kept this comment approved"


def test_any_decision_of_a_moderator_answers_reports_and_appeal(db):
    comment = make_comment()
    comment.reject()
    Appeal.objects.create(comment=comment, message="Please.")
    comment = Comment.objects.get()
    assert set(Comment.objects.appealed()) == {comment}
    assert not comment.can_be_appealed
    comment.approve(by=make_user())
    assert not Comment.objects.appealed()


def test_undoing_it_opens_them_again(db):
    comment = make_comment()
    comment.reject(by=make_user())
    Appeal.objects.create(comment=comment, message="Please.")
    report(comment)
    comment.keep(by=make_user())
    comment.undo(by=make_user())
    assert set(Comment.objects.appealed()) == {comment}
    assert comment.open_reports == 1
    assert comment.status == Status.REJECTED


def test_what_the_machine_decides_answers_nothing(db):
    comment = make_shown_comment()
    report(comment)
    comment.hold_for_reports()
    assert comment.is_waiting
    assert comment.open_reports == 1
    assert not comment.was_judged
    comment.undo(by=make_user())
    assert comment.was_judged


def test_a_moderator_is_remembered_as_judge_when_the_account_is_gone(db):
    comment, moderator = make_comment(), make_user()
    comment.approve(by=moderator)
    moderator.delete()
    assert comment.was_judged


def test_a_pick_says_who_picked_and_can_be_undone(db):
    comment = make_shown_comment()
    comment.pick(by=make_user(first_name="Ana"))
    assert set(Comment.objects.shown().picked()) == {comment}
    assert "unpick" in comment.possible_steps
    assert str(comment.decisions.first()).startswith("Ana picked this comment")
    comment.undo()
    assert not comment.is_picked
    assert comment.is_approved


def test_a_pick_that_is_taken_off_the_page_is_a_pick_again_when_it_is_back(db):
    comment = make_shown_comment()
    comment.pick()
    comment.reject()
    assert not Comment.objects.shown().picked()
    comment.undo()
    assert set(Comment.objects.shown().picked()) == {comment}


def test_only_what_is_approved_can_be_picked(db):
    with pytest.raises(TransitionError):
        make_comment().pick()
