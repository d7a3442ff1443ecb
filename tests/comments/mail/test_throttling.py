from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from comments.mail.triggers import ask_to_confirm, mail_way_to_data
from comments.models import Comment, Mailbox, NetworkKey, PendingMail, WrittenMail
from comments.posting.submit import submit_comment
from tests.comments.posting.test_submit import all_at_once
from tests.factories import (
    make_comment,
    make_mailbox,
    make_visible_article,
    proven,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(db):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def ask(address, *, networks=("n",)):
    """The number of confirmation mails that a comment with this address caused."""
    before = PendingMail.objects.filter(kind="confirm").count()
    ask_to_confirm(make_comment(email=address, notify=True), networks=list(networks))
    return PendingMail.objects.filter(kind="confirm").count() - before


def data(address, *, networks=("n",)):
    before = PendingMail.objects.filter(kind="data").count()
    mail_way_to_data(address, networks=list(networks))
    return PendingMail.objects.filter(kind="data").count() - before


def test_an_address_is_asked_once_whoever_types_it_however_often(clock):
    assert ask("ines@example.org", networks=["a"]) == 1
    clock.shift(timedelta(days=20))
    assert ask("INES@example.org", networks=["b"]) == 0
    Mailbox.objects.get().stop()
    assert ask("ines@example.org", networks=["c"]) == 0


@pytest.mark.parametrize("said", ["ask", "confirm", "stop"])
def test_who_asks_with_an_old_look_at_the_mailbox_asks_nobody(db, said):
    mailbox = make_mailbox()
    same_mailbox = Mailbox.objects.get(pk=mailbox.pk)
    getattr(mailbox, said)()
    assert not same_mailbox.ask()


def test_whoever_has_confirmed_is_asked_of_each_comment_and_only_so_often(clock):
    make_mailbox(address="ines@example.org").confirm()
    written = []
    for hour in range(5):
        written += [ask("Ines@example.org", networks=[f"{hour}"]) for _ in range(3)]
        clock.shift(HOUR)
    assert written == [1, 1, 0, 1, 1, 0, 1, *[0] * 8]
    Mailbox.objects.get().stop()
    clock.shift(timedelta(days=1))
    assert ask("ines@example.org") == 0


def test_nobody_is_asked_of_what_they_have_shown_to_be_theirs(clock):
    comment = proven(make_comment(email="ines@example.org", notify=True))
    ask_to_confirm(comment, networks=["n"])
    assert not PendingMail.objects.exists()


def test_only_an_address_can_be_asked(clock):
    ask_to_confirm(make_comment(notify=True), networks=["n"])
    assert not Mailbox.objects.exists()


def test_a_network_can_have_five_mails_written_an_hour_and_twenty_a_day(clock):
    def as_many_as_go(hour):
        return sum(ask(f"{hour}.{n}@example.org") for n in range(7))

    written = []
    for hour in range(6):
        written.append(as_many_as_go(hour))
        clock.shift(HOUR)
    assert written == [5, 5, 5, 5, 0, 0]
    assert ask("other@example.org", networks=["another"]) == 1
    clock.shift(timedelta(hours=18))
    assert as_many_as_go(30) == 5


def test_the_hash_of_yesterday_counts_too(clock):
    for n in range(5):
        assert ask(f"{n}@example.org", networks=["yesterday"]) == 1
    assert ask("6@example.org", networks=["today", "yesterday"]) == 0


def test_networks_that_are_not_known_count_as_one(clock):
    assert [ask(f"{n}@example.org", networks=[]) for n in range(6)] == [1] * 5 + [0]


def test_whom_the_limit_left_out_the_next_comment_asks(clock):
    for n in range(5):
        ask(f"{n}@example.org")
    assert ask("ines@example.org") == 0
    clock.shift(HOUR)
    assert ask("ines@example.org") == 1


def test_the_way_to_the_data_goes_once_an_hour_and_three_times_a_day(clock):
    make_comment(email="Ines@example.org")
    written = []
    for hour in range(6):
        written += [data("ines@EXAMPLE.org", networks=[str(hour)]) for _ in range(2)]
        clock.shift(HOUR)
    assert written == [1, 0, 1, 0, 1, 0, *[0] * 6]
    clock.shift(timedelta(hours=19))
    assert data("ines@example.org") == 1


def test_both_kinds_count_for_a_network(clock):
    for n in range(5):
        ask(f"{n}@example.org")
    assert data("1@example.org") == 0


def test_an_address_that_wrote_nothing_gets_nothing(clock):
    assert data("nobody@example.org") == 0
    assert not Mailbox.objects.exists()


def test_who_tries_many_addresses_soon_gets_no_more_mails_written(clock):
    make_comment(email="ines@example.org")
    for n in range(5):
        data(f"{n}@example.org")
    assert data("ines@example.org") == 0
    assert data("ines@example.org", networks=["other"]) == 1


def test_the_clock_does_not_tell_whether_there_is_something(
    db, mailoutbox, django_capture_on_commit_callbacks
):
    make_comment(email="ines@example.org")
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        assert data("ines@example.org") == 1
    assert callbacks == []
    assert mailoutbox == []


def test_over_the_limit_a_comment_is_taken_all_the_same(clock, client, settings):
    settings.COMMENT_RATE = []
    article = make_visible_article()
    for n in range(8):
        comment = Comment(
            article=article, name="a", body=str(n), email=f"{n}@x.org", notify=True
        )
        submit_comment(comment, network="n")
    assert Comment.objects.count() == 8
    assert PendingMail.objects.count() == 5


def test_what_fell_for_the_decoy_makes_us_ask_nobody(clock):
    comment = Comment(
        article=make_visible_article(), name="a", body="b", email="a@x.org", notify=True
    )
    submit_comment(comment, network="n", decoy=True)
    assert not Mailbox.objects.exists()


def test_a_repeat_asks_nobody_again(clock):
    article = make_visible_article()
    for _ in range(2):
        submit_comment(
            Comment(article=article, name="a", body="b", email="a@x.org", notify=True),
            network="n",
        )
    assert PendingMail.objects.get().kind == "confirm"


def test_what_is_counted_is_forgotten_after_a_day(clock):
    ask("ines@example.org")
    clock.shift(timedelta(days=1))
    assert WrittenMail.objects.forget_old() == 0
    clock.shift(timedelta(seconds=1))
    assert WrittenMail.objects.forget_old() == 1
    assert not WrittenMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_comments_with_one_address_one_asks(settings):
    settings.COMMENT_RATE = []
    articles = [make_visible_article() for _ in range(6)]

    def send(article):
        comment = Comment(
            article=article, name="a", body="b", email="ines@x.org", notify=True
        )
        return submit_comment(comment, network="n")

    results = all_at_once(*[lambda a=article: send(a) for article in articles])
    assert {type(result) for result in results} == {Comment}, results
    mail = PendingMail.objects.get()
    assert (mail.kind, mail.mailbox.address) == ("confirm", "ines@x.org")


@pytest.mark.django_db(transaction=True)
def test_no_burst_gets_past_the_limit_of_a_network(settings):
    settings.COMMENT_RATE = []
    article = make_visible_article()

    def send(n):
        comment = Comment(
            article=article, name="a", body="b", email=f"{n}@x.org", notify=True
        )
        return submit_comment(comment, network="n")

    NetworkKey.objects.today()
    all_at_once(*[lambda n=n: send(n) for n in range(8)])
    assert Comment.objects.count() == 8
    assert PendingMail.objects.count() == 5
