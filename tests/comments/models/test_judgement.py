from datetime import timedelta

import pytest

from comments.models import Commenter, Mailbox
from tests.factories import make_comment, make_user


@pytest.fixture
def ana(db):
    return make_user(role="Moderators", first_name="Ana", last_name="Ruiz")


def judged(comment):
    comment.refresh_from_db()
    return comment.judged_as


def test_a_comment_is_what_a_person_judged_it_to_be_last(ana):
    comment = make_comment()
    comment.approve()
    assert judged(comment) == ""
    comment.reject(by=ana, reason="abuse")
    assert judged(comment) == "rejected"
    comment.keep(by=ana)
    assert judged(comment) == "rejected"
    comment.approve(by=ana)
    assert judged(comment) == "approved"
    comment.pick(by=ana)
    comment.undo(by=ana)
    assert judged(comment) == "approved"


def test_undo_goes_back_to_the_judgement_before_also_twice(ana):
    comment = make_comment()
    comment.approve(by=ana)
    comment.reject(by=ana, reason="abuse")
    comment.undo(by=ana)
    assert judged(comment) == "approved"
    comment.undo(by=ana)
    assert judged(comment) == "rejected"


def test_withdrawing_hides_no_rejection(ana):
    comment = make_comment()
    comment.reject(by=ana, reason="abuse")
    comment.withdraw()
    assert judged(comment) == "rejected"


def test_a_decision_says_how_long_the_comment_waited(ana):
    comment = make_comment()
    comment.created_at -= timedelta(hours=3)
    comment.save(update_fields=["created_at"])
    comment.approve(by=ana)
    first = comment.decisions.first()
    assert timedelta(hours=3) <= first.waited < timedelta(hours=4)
    comment.reject(by=ana, reason="abuse")
    assert comment.decisions.first().waited is None


def test_a_commenters_record_is_their_last_rejection_and_second_approval(ana):
    mailbox = Mailbox.objects.of("ines@example.com")
    mailbox.confirm()
    commenter = Commenter.objects.of(mailbox)
    comments = [make_comment(commenter=commenter) for _ in range(3)]
    for comment in comments[:2]:
        comment.approve(by=ana)
    known = Commenter.objects.with_record().get()
    assert known.rejected_at is None
    assert known.approved_at == comments[0].judged_at
    comments[2].mark_spam(by=ana)
    known = Commenter.objects.with_record().get()
    assert known.rejected_at == comments[2].judged_at
