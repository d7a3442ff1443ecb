from datetime import timedelta

from django.utils import timezone

from comments.models import Decision
from comments.stats.public import DECISIONS_READ, ENOUGH, typical_wait
from tests.factories import HOUR, make_comment, make_user

MINUTE = timedelta(minutes=1)


def make_decisions(number, waited, *, at=None):
    comment = make_comment()
    Decision.objects.bulk_create(
        Decision(
            comment=comment,
            text_revision=1,
            from_status="pending",
            to_status="approved",
            by_name="Mo",
            waited=waited,
            at=at or timezone.now(),
        )
        for _ in range(number)
    )


def test_a_few_decisions_say_nothing(db):
    make_decisions(ENOUGH - 1, HOUR)
    assert typical_wait() is None
    make_decisions(1, HOUR)
    assert typical_wait() == (HOUR, ENOUGH)


def test_what_did_not_wait_is_not_counted(db):
    make_decisions(ENOUGH, None)
    assert typical_wait() is None


def test_half_of_the_comments_waited_no_longer(db):
    make_decisions(15, HOUR)
    make_decisions(14, 100 * HOUR)
    assert typical_wait() == (HOUR, 29)


def test_only_the_newest_decisions_count(db):
    make_decisions(DECISIONS_READ, MINUTE)
    make_decisions(DECISIONS_READ, HOUR, at=timezone.now() - HOUR)
    assert typical_wait() == (MINUTE, DECISIONS_READ)


def test_a_real_decision_says_how_long_its_comment_waited(db):
    moderator = make_user(role="Moderators")
    for _ in range(ENOUGH):
        comment = make_comment(created_at=timezone.now() - 3 * HOUR)
        comment.approve(by=moderator)
    wait, _ = typical_wait()
    assert 3 * HOUR <= wait < 3 * HOUR + MINUTE
