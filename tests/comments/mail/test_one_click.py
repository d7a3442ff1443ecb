import pytest

from articles.models import TransitionError
from comments.mail.one_click import (
    LEADS_TO,
    ONE_CLICK_STEPS,
    decision_address,
    is_moderator,
    link_to_decide,
    steps_on,
)
from comments.models import Comment
from comments.posting.author_actions import appeal
from tests.comments.security.test_tokens import in_address
from tests.factories import digest_of, make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_user(role="Moderators")


def link_for(comment, step, moderator):
    return link_to_decide(
        in_address(decision_address(comment, step, digest_of(moderator)))
    )


def make_appealed(step, moderator):
    comment = make_comment()
    getattr(comment, step)(by=moderator)
    appeal(comment, "Why?")
    comment.refresh_from_db()
    return comment


def test_what_is_offered_is_what_can_be_done(moderator):
    comments = [
        make_comment(),
        make_appealed("reject", moderator),
        make_appealed("mark_spam", moderator),
    ]
    for comment in comments:
        offered = steps_on(comment)
        possible = set(comment.possible_steps) - {"undo"}
        assert set(offered) == possible
        for step in offered:
            again = Comment.objects.get(pk=comment.pk)
            link = link_for(again, step, moderator)
            assert link.can_be_followed
            link.follow()
            again.refresh_from_db()
            assert again.status == LEADS_TO.get(step, comment.status)
            again.undo(by=moderator)


def test_every_step_is_one_of_a_comment_and_has_a_name():
    assert all(hasattr(Comment, step) for step in ONE_CLICK_STEPS)
    assert set(LEADS_TO) < set(ONE_CLICK_STEPS)


def test_the_decision_is_the_moderators(moderator):
    comment = make_comment()
    link_for(comment, "reject", moderator).follow(reason="abuse", explanation="Rude.")
    decision = comment.decisions.get()
    assert (decision.by, decision.reason, decision.explanation, decision.told) == (
        moderator,
        "abuse",
        "Rude.",
        True,
    )


def test_who_was_faster_wins(moderator):
    comment = make_comment()
    link = link_for(comment, "approve", moderator)
    comment.reject(by=make_user(role="Moderators", username="Faster"))
    with pytest.raises(TransitionError, match="Faster rejected this comment"):
        link.follow()
    assert link.comes_too_late


def test_a_link_ends_with_every_change_of_the_comment(moderator):
    def reject_and_undo(comment):
        comment.reject(by=moderator)
        comment.undo(by=moderator)

    for change in [
        lambda comment: comment.edit("Other words."),
        lambda comment: comment.redact("Fewer.", by=moderator),
        lambda comment: comment.withdraw(),
        lambda comment: comment.erase(),
        reject_and_undo,
    ]:
        comment = make_comment()
        address = decision_address(comment, "approve", digest_of(moderator))
        assert link_to_decide(in_address(address)).can_be_followed
        change(comment)
        assert not link_to_decide(in_address(address)).can_be_followed


def test_only_active_staff_with_the_permission_are_moderators(moderator):
    assert is_moderator(moderator)
    assert is_moderator(make_user(is_superuser=True, is_staff=True))
    for other in [
        None,
        make_user(role="Editors"),
        make_user(role="Writers"),
        make_user(role="Moderators", is_active=False),
        make_user(role="Moderators", is_staff=False),
        make_user(is_superuser=True, is_active=False, is_staff=True),
    ]:
        assert not is_moderator(other)


def test_nobody_else_can_follow_a_link(moderator):
    comment = make_comment()
    assert link_for(comment, "approve", moderator).can_be_followed
    moderator.is_active = False
    moderator.save()
    link = link_for(comment, "approve", moderator)
    assert not link.is_permitted
    assert not link.can_be_followed
