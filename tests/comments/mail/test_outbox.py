import logging
import smtplib
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.mail.backends import locmem
from django.db import transaction
from django.tasks.backends.immediate import ImmediateBackend
from django.utils import timezone, translation

from comments.mail import outbox
from comments.mail.outbox import send, send_due, write
from comments.models import PendingMail
from comments.models.pending_mail import FEWEST_TRIES
from tests.comments.posting.test_submit import all_at_once
from tests.factories import make_mailbox

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


class ServerThatFails(locmem.EmailBackend):
    """Raises `failure` and counts the calls."""

    failure = ConnectionRefusedError(111, "nobody@example.org is not there")
    asked = 0

    def send_messages(self, messages):
        ServerThatFails.asked += 1
        raise self.failure


class QueueThatIsDown(ImmediateBackend):
    def enqueue(self, task, args, kwargs):
        raise ConnectionRefusedError("nobody takes tasks")


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def failing(settings, monkeypatch):
    """Makes the mail server fail in this way."""
    settings.MAILERS = {
        "default": {"BACKEND": f"{__name__}.{ServerThatFails.__name__}"}
    }
    monkeypatch.setattr(ServerThatFails, "asked", 0)
    return partial(monkeypatch.setattr, ServerThatFails, "failure")


def is_up_again(settings):
    settings.MAILERS = {"default": {"BACKEND": LOCMEM}}


def refusal(code=550):
    return smtplib.SMTPRecipientsRefused({"ines@example.org": (code, b"ines unknown")})


def test_a_mail_goes_after_the_commit_and_leaves_no_row(
    db, mailoutbox, with_worker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        write("data", make_mailbox(address="ines@example.org"))
        assert mailoutbox == []
    assert [mail.to for mail in mailoutbox] == [["ines@example.org"]]
    assert not PendingMail.objects.exists()


def test_a_mail_to_a_reader_is_in_the_language_of_the_site(
    db, monkeypatch, settings, mailoutbox
):
    settings.LANGUAGE_CODE = "pt-br"
    seen = []

    def letter(mail):
        seen.append(translation.get_language())
        return EmailMessage(to=[mail.mailbox.address])

    monkeypatch.setitem(outbox.LETTERS, "data", letter)
    write("data", make_mailbox())
    # As when a moderator who reads German causes it.
    with translation.override("de"):
        send_due()
    assert seen == ["pt-br"]
    assert len(mailoutbox) == 1


def test_without_a_worker_the_next_tick_sends_and_no_request(
    db, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        write("data", make_mailbox(address="ines@example.org"))
    assert callbacks == []
    assert mailoutbox == []
    assert send_due()
    assert [mail.to for mail in mailoutbox] == [["ines@example.org"]]


def test_a_tick_begins_no_further_mail_after_some_seconds(db, mailoutbox, monkeypatch):
    for _ in range(3):
        write("data", make_mailbox())
    monkeypatch.setattr(outbox, "SECONDS_A_TICK", -1)
    assert send_due()
    assert len(mailoutbox) == 1
    send_due()
    send_due()
    assert len(mailoutbox) == 3


@pytest.mark.django_db(transaction=True)
def test_what_caused_a_mail_did_not_happen_and_neither_does_the_mail(mailoutbox):
    def write_and_fail():
        with transaction.atomic():
            write("data", make_mailbox())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    send_due()
    assert mailoutbox == []


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_down_keeps_the_mail(settings, mailoutbox, with_worker, caplog):
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.{QueueThatIsDown.__name__}"}}
    with transaction.atomic():
        write("data", make_mailbox())
    assert "nobody takes tasks" in caplog.text
    send_due()
    assert len(mailoutbox) == 1


def test_what_goes_with_a_tick_waits_for_it(
    db, mailoutbox, with_worker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        write("data", make_mailbox(), at_once=False)
    assert callbacks == []
    send_due()
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    "failure",
    [
        ConnectionRefusedError(111, "nobody is there"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPDataError(451, b"try again, ines@example.org"),
        refusal(),
        ZeroDivisionError("ines@example.org"),
    ],
)
def test_a_mail_that_could_not_be_sent_is_kept_and_the_log_names_no_address(
    db, failing, failure, settings, mailoutbox, caplog, clock
):
    failing(failure)
    mail = write("data", make_mailbox(address="ines@example.org"))
    with caplog.at_level(logging.INFO):
        send_due()
    assert f"Mail {mail.pk} (data) could not be sent: {type(failure).__name__}" in (
        caplog.text
    )
    assert "ines" not in caplog.text
    is_up_again(settings)
    send_due()
    assert mailoutbox == []
    clock.shift(timedelta(minutes=1))
    send_due()
    assert [mail.to for mail in mailoutbox] == [["ines@example.org"]]


def test_the_pauses_between_the_tries_grow(db, failing, clock):
    mail = write("data", make_mailbox())
    for minutes in [1, 5, 30, 120, 360, 360]:
        send_due()
        mail.refresh_from_db()
        assert mail.next_try_at - timezone.now() == timedelta(minutes=minutes)
        asked = ServerThatFails.asked
        send_due()
        assert ServerThatFails.asked == asked
        clock.shift(timedelta(minutes=minutes))
    assert mail.tries == 6


def test_after_a_week_a_mail_is_given_up_and_the_log_says_so(
    db, failing, clock, caplog
):
    mail = write("data", make_mailbox())
    clock.shift(timedelta(days=7))
    send_due()
    assert PendingMail.objects.filter(pk=mail.pk).exists()
    # A clock that jumps forward gives up no mail that was hardly tried.
    clock.shift(timedelta(days=3650))
    send_due()
    assert PendingMail.objects.filter(pk=mail.pk).exists()
    PendingMail.objects.update(tries=FEWEST_TRIES)
    clock.shift(timedelta(hours=6))
    send_due()
    assert not PendingMail.objects.exists()
    assert caplog.records[-1].levelname == "ERROR"
    assert "given up" in caplog.records[-1].getMessage()


def test_a_server_that_is_down_is_asked_once_in_a_round(db, failing):
    for _ in range(5):
        write("data", make_mailbox())
    send_due()
    assert ServerThatFails.asked == 1
    failing(refusal())
    send_due()
    # A refused mail does not delay others.
    assert ServerThatFails.asked == 1 + 4


def test_a_mail_that_another_process_sends_is_not_sent(db, mailoutbox, clock):
    mail = write("data", make_mailbox())
    assert PendingMail.objects.claim(mail)
    assert send(mail) == outbox.TAKEN
    send_due()
    assert mailoutbox == []
    # The process died, so the mail can be claimed again.
    clock.shift(timedelta(minutes=10))
    send_due()
    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_would_send_a_mail_one_does(mailoutbox):
    mail = write("data", make_mailbox(), at_once=False)
    results = all_at_once(*[lambda: outbox.send(mail)] * 5)
    assert sorted(results) == [outbox.SENT, *[outbox.TAKEN] * 4]
    assert len(mailoutbox) == 1


def test_a_tick_sends_only_so_many(db, mailoutbox, monkeypatch):
    monkeypatch.setattr(outbox, "MAILS_A_TICK", 2)
    for _ in range(3):
        write("data", make_mailbox())
    send_due()
    assert len(mailoutbox) == 2
    send_due()
    assert len(mailoutbox) == 3


def test_a_mail_that_nobody_wants_any_more_is_dropped(db, mailoutbox):
    mailbox = make_mailbox()
    write("data", mailbox)
    mailbox.stop()
    send_due()
    assert mailoutbox == []
    assert not PendingMail.objects.exists()


def test_a_mail_whose_mailbox_is_erased_while_it_is_sent_stops_no_other(
    db, failing, monkeypatch, caplog
):
    failing(refusal())
    write(PendingMail.Kind.CONFIRM, erased := make_mailbox())
    write(PendingMail.Kind.CONFIRM, make_mailbox())

    def letter(mail):
        erased.delete()
        raise refusal()

    monkeypatch.setitem(outbox.LETTERS, PendingMail.Kind.CONFIRM, letter)
    send_due()
    assert [mail.tries for mail in PendingMail.objects.all()] == [1]
