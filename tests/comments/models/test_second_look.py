"""Automatic decisions in the audit sample, judged by moderators who do not know them."""

import pytest

from articles.models import TransitionError
from comments.models import Comment, Decision, SecondLook, Training
from tests.factories import make_comment, make_user

Looks = SecondLook.objects


@pytest.fixture
def ana(db):
    return make_user(first_name="Ana", last_name="Sousa", password=None)


def make_look(status="approved", **fields):
    """A comment with an automatic decision, drawn for the audit sample."""
    comment = make_comment(**fields)
    comment.approve() if status == "approved" else comment.mark_spam()
    return Looks.create(comment=comment, status=status, text_revision=1)


def judge(look, verdict, by, **how):
    look.judge(verdict, by=by, **{"seen": look.comment.version} | how)


@pytest.mark.parametrize("machine", ["approved", "spam"])
@pytest.mark.parametrize("verdict", ["approved", "rejected", "spam"])
def test_the_comment_becomes_what_the_moderator_says(ana, machine, verdict):
    look = make_look(machine)
    judge(look, verdict, ana, reason="abuse")
    comment, look = Comment.objects.get(), Looks.get()
    assert (comment.status, comment.judged_as) == (verdict, verdict)
    assert (look.verdict, look.by, look.by_name) == (verdict, ana, "Ana Sousa")
    decision = comment.decisions.first()
    assert (decision.by, decision.to_status) == (ana, verdict)
    assert (decision.what == Decision.What.KEEP) is (machine == verdict)
    assert decision.reason == ("abuse" if verdict == "rejected" else "")
    assert not Looks.open().exists()
    assert Looks.answered().get() == look


@pytest.mark.parametrize("machine", ["approved", "spam"])
def test_the_classifier_learns_from_it(ana, machine):
    judge(make_look(machine), machine, ana)
    assert Training.objects.count() == 1


def test_each_is_looked_at_once(ana):
    look = make_look()
    late = Looks.get()
    judge(look, "approved", ana)
    with pytest.raises(TransitionError, match="Ana Sousa has already answered"):
        judge(late, "spam", make_user())
    assert Comment.objects.get().is_approved
    assert Looks.get().by == ana


def overtaken_by_a_moderator(comment):
    comment.reject(by=make_user())


def overtaken_and_undone(comment):
    comment.reject(by=make_user())
    comment.undo(by=make_user())


def overtaken_by_a_pick(comment):
    comment.pick(by=make_user())


def overtaken_by_its_author(comment):
    comment.withdraw()


def overtaken_by_an_edit(comment):
    comment.edit("Other words.", status=Comment.Status.APPROVED)


def overtaken_by_erasure(comment):
    comment.erase()


def overtaken_by_reports(comment):
    comment.hold_for_reports()


OVERTAKEN = [
    overtaken_by_a_moderator,
    overtaken_and_undone,
    overtaken_by_a_pick,
    overtaken_by_its_author,
    overtaken_by_an_edit,
    overtaken_by_erasure,
    overtaken_by_reports,
]


@pytest.mark.parametrize("happens", OVERTAKEN)
def test_what_was_overtaken_is_void_and_no_error(ana, happens):
    look = make_look()
    happens(Comment.objects.get())
    before = Comment.objects.get()
    assert not Looks.open().exists()
    assert Looks.overtaken().exists()
    judge(look, "spam", ana, seen=before.version)
    after = Comment.objects.get()
    assert (after.status, after.version) == (before.status, before.version)
    assert look.is_void
    assert Looks.void().get() == look
    assert not Looks.answered().exists()


def test_the_overtaken_are_closed_together(ana):
    stands = make_look()
    gone = make_look()
    gone.comment.reject(by=ana)
    assert Looks.overtaken().close() == 1
    assert Looks.void().get() == gone
    assert stands in Looks.open()


def test_a_reported_comment_that_still_stands_is_looked_at(ana):
    look = make_look()
    Comment.objects.update(open_reports=1)
    assert Looks.open().get() == look


def test_a_decision_is_made_on_the_version_that_was_seen(ana):
    look = make_look()
    with pytest.raises(TransitionError):
        judge(look, "approved", ana, seen=look.comment.version - 1)
    assert Looks.open().exists()
    assert Comment.objects.get().judged_as == ""


def test_it_keeps_the_name_of_an_account_that_is_gone(ana):
    judge(make_look(), "approved", ana)
    ana.delete()
    look = Looks.get()
    assert (look.by, look.by_name) == (None, "Ana Sousa")
