from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from comments import models
from comments.models import Comment, Decision
from comments.moderation.bulk import decide_together
from tests.comments.posting.test_submit import all_at_once
from tests.factories import make_comment, make_user


@pytest.fixture
def moderators(transactional_db):
    return [
        make_user(role="Moderators", first_name=name, password=None)
        for name in ["Ana", "Bo"]
    ]


def at_the_same_instant(*posts):
    """The answers to the posts, all sent at once, each on a connection of its own."""
    ready, answers = Barrier(len(posts)), {}

    def send(number, client, address, data):
        try:
            ready.wait(timeout=20)
            answers[number] = client.post(address, data)
        finally:
            connections.close_all()

    threads = [
        Thread(target=send, args=(number, *post)) for number, post in enumerate(posts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [answers[number] for number in range(len(posts))]


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_of_two_opposite_decisions_at_one_instant_one_wins(moderators):
    comment = make_comment()
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    approve = {"step": "approve", "seen": comment.version}
    reject = {"step": "reject", "seen": comment.version, "reason": "abuse"}
    clients = [signed_in(user) for user in moderators]
    answers = at_the_same_instant(
        (clients[0], address, approve), (clients[1], address, reject)
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    decision = Decision.objects.get()
    comment.refresh_from_db()
    assert (comment.status, comment.version) == (decision.to_status, 2)
    winner = answers.index(next(a for a in answers if a.status_code == 302))
    assert decision.by == moderators[winner]
    assert f"{decision.by_name} {decision.in_words}" in answers[1 - winner].text
    shown = models.Thread.objects.get(article=comment.article).shown_count
    assert shown == Comment.objects.shown().count() == (winner == 0)


def test_two_answers_with_approval_at_one_instant_make_one(moderators):
    comment = make_comment()
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    data = {"step": "approve_and_answer", "seen": comment.version, "answer": "Yes."}
    answers = at_the_same_instant(
        *((signed_in(user), address, data) for user in moderators)
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert comment.answers.count() == 1
    thread = models.Thread.objects.get(article=comment.article)
    assert thread.shown_count == Comment.objects.shown().count() == 2


def test_presses_on_the_same_comments_in_opposite_order_decide_each_once(moderators):
    comments = [make_comment() for _ in range(6)]
    address = reverse("admin:comments_comment_changelist")

    def marked(action, those):
        return {
            "action": action,
            "index": "0",
            "reason": "abuse",
            "_selected_action": [one.pk for one in those],
            "seen": [f"{one.pk}-{one.version}" for one in those],
        }

    clients = [signed_in(user) for user in moderators]
    answers = at_the_same_instant(
        (clients[0], address, marked("approve", comments)),
        (clients[1], address, marked("reject", comments[::-1])),
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Decision.objects.count() == len(comments)
    # Each comment is decided by whoever comes first.
    assert not Comment.objects.waiting().exists()
    assert all(one.decisions.count() == 1 for one in Comment.objects.all())


def test_a_batch_is_undone_once_by_whoever_comes_first(moderators):
    comments = [make_comment() for _ in range(3)]
    seen = {comment.pk: comment.version for comment in comments}
    batch = decide_together("approve", seen, by=moderators[0]).batch
    address = reverse("admin:comments_batch_change", args=[batch.pk])
    answers = at_the_same_instant(
        *((signed_in(user), address, {}) for user in moderators)
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Comment.objects.waiting().count() == 3
    assert Decision.objects.exclude(undoes=None).count() == 3


def test_a_comment_is_decided_while_its_article_is_withdrawn(moderators):
    comment = make_comment()
    steps = [
        lambda: comment.article.withdraw(reason="Wrong."),
        lambda: Comment.objects.get(pk=comment.pk).approve(by=moderators[0]),
    ]
    assert all_at_once(*steps) == [None, None]
    comment = Comment.objects.get()
    assert (comment.status, comment.article.status) == ("approved", "withdrawn")
    assert not comment.is_shown
