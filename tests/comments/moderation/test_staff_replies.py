import pytest

from articles.models import TransitionError
from comments.models import Comment, Decision, Thread
from comments.moderation.staff_replies import answer
from tests.factories import (
    make_comment,
    make_shown_comment,
    make_user,
)


@pytest.fixture
def moderator(db):
    return make_user(
        role="Moderators", first_name="Ana", last_name="Sousa", password=None
    )


def test_an_answer_of_staff_is_shown_at_once_under_their_name(moderator):
    question = make_shown_comment()
    reply = answer(question, "Here is why.", by=moderator)
    assert list(Comment.objects.shown().oldest_first()) == [question, reply]
    assert (reply.name, reply.body, reply.by) == (
        "Ana Sousa",
        "Here is why.",
        moderator,
    )
    assert (reply.parent, reply.root) == (question, question)
    assert Thread.objects.get(article=question.article).shown_count == 2
    assert reply.decisions.get().by == moderator


def test_a_waiting_comment_can_be_approved_and_answered_in_one(moderator):
    question = make_comment()
    reply = answer(question, "Yes.", by=moderator, approving=True, note="Good point")
    assert list(Comment.objects.shown().oldest_first()) == [question, reply]
    assert [(d.comment, d.note) for d in Decision.objects.order_by("id")] == [
        (question, "Good point"),
        (reply, ""),
    ]


def test_what_readers_cannot_see_is_not_answered(moderator):
    waiting = make_comment()
    with pytest.raises(TransitionError, match="Pending.*Approve it first"):
        answer(waiting, "Yes.", by=moderator)
    hidden = make_comment(parent=make_comment(article=waiting.article))
    with pytest.raises(
        TransitionError, match="first comment of its conversation is not shown"
    ):
        answer(hidden, "Yes.", by=moderator, approving=True)
    under_draft = make_shown_comment()
    under_draft.article.withdraw()
    with pytest.raises(TransitionError, match=r"article is not public \(Withdrawn\)"):
        answer(under_draft, "Yes.", by=moderator)
    assert not Comment.objects.filter(by=moderator).exists()
    hidden.refresh_from_db()
    assert hidden.status == Comment.Status.PENDING


def test_an_answer_is_to_the_version_that_was_read(moderator):
    question = make_shown_comment()
    other = make_user(
        role="Moderators", first_name="Bo", last_name="Lind", password=None
    )
    read = question.version
    question.reject(by=other, reason="abuse")
    question.approve(by=other)
    with pytest.raises(TransitionError, match="Bo Lind approved this comment"):
        answer(question, "Yes.", by=moderator, seen=read)
    assert not Comment.objects.filter(by=moderator).exists()


def test_a_long_name_is_cut_to_what_a_comment_holds(moderator):
    moderator.first_name, moderator.last_name = "A" * 90, "B" * 90
    moderator.save()
    assert answer(make_shown_comment(), "Yes.", by=moderator).name == "A" * 80
