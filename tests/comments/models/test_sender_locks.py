from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from comments.models import Mute
from comments.models.sender_locks import lock_addresses, lock_sender
from comments.moderation.reputation import confirm_mailbox
from comments.posting.submit import submit_comment
from comments.security.networks import hash_sender
from tests.comments.posting.test_submit import a_comment, all_at_once
from tests.factories import DAY, make_mailbox, make_user, make_visible_article
from tests.racing import Beside, held_open, on_postgresql

pytestmark = pytest.mark.django_db(transaction=True)


def holding(*networks, **how):
    def hold():
        with transaction.atomic():
            lock_sender(networks, **how)

    return hold


@on_postgresql
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (holding("a"), holding("a")),
        # Before and after midnight.
        (holding("today", "yesterday"), holding("tomorrow", "today")),
        (holding("a", address="Ines@x.org"), holding("b", address="ines@X.org")),
        (holding(words="Same."), holding(words="Same.")),
        (
            holding(words="One.", address="a@x.org"),
            holding(words="Two.", address="b@x.org"),
        ),
    ],
)
def test_one_sender_waits_for_what_it_sends_at_the_same_moment(one, other):
    with held_open(one):
        later = Beside(other)
        assert later.waits()
    assert later.join() is None


@on_postgresql
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (holding("a"), holding("b")),
        (holding("a", words="Same."), holding("b", words="Same.")),
        (holding(words="One."), holding(words="Two.")),
        (holding("a", address="a@x.org"), holding("b", address="b@x.org")),
    ],
)
def test_nobody_waits_for_another_sender(one, other):
    with held_open(one):
        assert Beside(other).join() is None


@on_postgresql
def test_a_comment_that_is_being_screened_keeps_no_other_network_waiting():
    articles = [make_visible_article(), make_visible_article()]
    submit_comment(a_comment(articles[0]), network="first of the day")
    with held_open(
        lambda: submit_comment(a_comment(articles[0]), network="192.0.2.0/24")
    ):
        for article in articles:
            sent = Beside(
                lambda article=article: submit_comment(
                    a_comment(article), network="other"
                )
            )
            assert sent.join().pk
        same = Beside(lambda: held_in_a_transaction("192.0.2.0/24"))
        assert same.waits()
    assert len(same.join()) == 2


def held_in_a_transaction(network):
    with transaction.atomic():
        hashes = hash_sender(network)
        lock_sender(hashes)
    return hashes


@on_postgresql
def test_an_address_is_confirmed_after_what_is_being_sent_with_it():
    mailbox = make_mailbox()
    with held_open(holding("n", address=mailbox.address)):
        confirming = Beside(lambda: confirm_mailbox(mailbox))
        assert confirming.waits()
    assert confirming.join() is None


def test_of_two_moderators_who_mute_a_network_at_once_the_second_replaces_the_first():
    comment = submit_comment(a_comment(make_visible_article()), network="n")
    moderator, until = make_user(role="Moderators"), timezone.now() + DAY
    mute = partial(Mute.objects.of_network, until=until, reason="x", by=moderator)
    results = all_at_once(*[partial(mute, comment)] * 4)
    assert [type(result) for result in results] == [Mute] * 4, results
    assert Mute.objects.in_force().count() == 1


def test_a_lock_outside_of_a_transaction_is_a_mistake():
    with pytest.raises(transaction.TransactionManagementError):
        lock_sender(["n"])
    with pytest.raises(transaction.TransactionManagementError):
        lock_addresses(["ines@x.org"])
