"""Two moderators in the queue at the same moment, each on a connection of their own."""

import pytest

from comments.models import Comment, Decision
from comments.moderation.queue import seen
from tests.comments.admin.test_comment_races import at_the_same_instant, signed_in
from tests.factories import make_comment, make_user

DECIDE = "/admin/comments/queue/decide/"


@pytest.fixture
def clients(transactional_db):
    return [
        signed_in(make_user(role="Moderators", first_name=name, password=None))
        for name in ["Ana", "Bo"]
    ]


def test_of_two_opposite_decisions_in_the_queue_one_wins_and_the_other_hears_of_it(
    clients,
):
    comment = make_comment()
    approve = {"step": "approve", "seen": seen(comment)}
    reject = {"step": "reject-abuse", "seen": seen(comment)}
    answers = at_the_same_instant(
        (clients[0], DECIDE, approve), (clients[1], DECIDE, reject)
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    decision = Decision.objects.get()
    assert Comment.objects.get().status == decision.to_status
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert f"{decision.by_name} {decision.in_words}" in loser.text


def test_of_two_opposite_batches_each_comment_is_decided_on_once(clients):
    comments = [make_comment(body=f"Remark {number}") for number in range(6)]
    words = " ".join(map(seen, comments))
    answers = at_the_same_instant(
        (clients[0], DECIDE, {"step": "approve", "seen": words}),
        (clients[1], DECIDE, {"step": "mark_spam", "seen": words}),
    )
    # A batch takes one comment after the other, and others may write in between. So each of
    # the moderators may get some, and whoever does not get all is told.
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses in ([302, 409], [409, 409])
    decisions = Decision.objects.values_list("comment", "to_status")
    assert len(decisions) == 6
    assert dict(decisions) == dict(Comment.objects.values_list("pk", "status"))
