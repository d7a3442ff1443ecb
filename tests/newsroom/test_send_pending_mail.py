"""From the outbox to a real mail server, and what happens when that fails."""

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from comments.mail.outbox import send_due, write
from comments.mail.reply_notifications import announce_new
from comments.models import Comment, PendingMail
from comments.posting.submit import submit_comment
from newsroom.models import StaffMail
from tests.comments.mail_server import MailServer
from tests.factories import (
    make_mailbox,
    make_shown_comment,
    make_user,
    make_visible_article,
)

# All tests that need the port run on one worker.
pytestmark = [pytest.mark.xdist_group("mail"), pytest.mark.django_db]


@pytest.fixture
def server(settings):
    server = MailServer()
    settings.MAILERS = server.mailers
    return server


def send_pending_mail():
    """The output of the command, and its error."""
    out = StringIO()
    try:
        call_command("send_pending_mail", stdout=out)
    except CommandError as complaint:
        return out.getvalue(), str(complaint)
    return out.getvalue(), None


def test_mails_to_staff_are_sent_with_the_others(server):
    edith = make_user(email="edith@news.example")
    StaffMail.objects.create(kind=StaffMail.Kind.PASSWORD_RESET, user=edith)
    with server.running():
        printed, complaint = send_pending_mail()
    assert complaint is None
    assert server.recipients == [["edith@news.example"]]
    assert not StaffMail.objects.exists()


def test_everything_pending_is_sent_whatever_it_waits_for(server):
    for address in ["a@example.org", "b@example.org"]:
        write("data", make_mailbox(address=address))
    PendingMail.objects.update(next_try_at=timezone.now() + timedelta(hours=6), tries=5)
    with server.running():
        printed, complaint = send_pending_mail()
    assert complaint is None
    assert server.recipients == [["a@example.org"], ["b@example.org"]]
    assert not PendingMail.objects.exists()
    assert printed.count("sent: mail ") == 2
    assert "2 sent" in printed
    assert "@" not in printed


def test_nothing_pending_is_no_failure(server):
    assert send_pending_mail()[1] is None


def test_a_mail_that_another_process_sends_is_left_to_it(server):
    mail = write("data", make_mailbox())
    assert PendingMail.objects.claim(mail)
    with server.running():
        assert send_pending_mail()[1] is None
    assert server.letters == []
    assert PendingMail.objects.get() == mail


def refused(server):
    """Nobody listens at the port."""
    return send_pending_mail()


def answering(command, answer):
    def failing(server):
        server.answers = {command: answer}
        with server.running():
            return send_pending_mail()

    failing.__name__ = f"{command} {answer}"
    return failing


def hanging_up(server):
    server.hangs_up = True
    with server.running():
        return send_pending_mail()


@pytest.mark.parametrize(
    ("failing", "said", "is_for_all"),
    [
        (refused, "ConnectionRefusedError", True),
        (hanging_up, "SMTPServerDisconnected", True),
        (answering("RCPT", "450 Later"), "SMTPRecipientsRefused 450", False),
        (answering("RCPT", "550 No such user"), "SMTPRecipientsRefused 550", False),
        (answering("DATA", "451 Later"), "SMTPDataError 451", False),
        (answering("DATA", "554 Spam"), "SMTPDataError 554", False),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_server_that_fails_loses_no_mail(server, failing, said, is_for_all, caplog):
    addresses = ["a@example.org", "b@example.org"]
    for address in addresses:
        write("data", make_mailbox(address=address))
    printed, complaint = failing(server)
    assert f"failed: mail {PendingMail.objects.first().pk}: " in printed
    assert said in printed
    assert ("not tried" in complaint) is is_for_all
    assert PendingMail.objects.count() == 2
    assert "@example" not in printed + complaint + caplog.text
    # It is up again, and each mail is sent once.
    server.answers, server.hangs_up = {}, False
    with server.running():
        assert send_pending_mail()[1] is None
        assert send_pending_mail()[1] is None
    assert server.recipients == [["a@example.org"], ["b@example.org"]]


def test_a_tick_sends_what_failed_when_its_time_has_come(server):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        write("data", make_mailbox(address="ines@example.org"))
        send_due()
        with server.running():
            send_due()
            assert server.letters == []
            clock.shift(timedelta(minutes=1))
            send_due()
            send_due()
    assert server.recipients == [["ines@example.org"]]


def mail_as_a_tick():
    announce_new()
    assert send_due()


def link_in(letter, kind):
    """The path of the link of this kind in the mail."""
    [address] = re.findall(
        rf"/comments/mail/{kind}/\S+", letter.get_body(["plain"]).get_content()
    )
    return address


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_from_a_wish_to_its_end(server, client):
    wish = Comment(
        article=make_visible_article(),
        name="Inés",
        body="Who knows more?",
        email="Ines@example.org",
        notify=True,
    )
    with server.running():
        comment = submit_comment(wish, network="n")
        comment.approve()
        # Before the address is confirmed, no news is mailed.
        make_shown_comment(parent=comment)
        mail_as_a_tick()
        [asking] = server.letters
        client.post(link_in(asking, "confirm"), {"answer": "yes"})
        reply = make_shown_comment(parent=comment, name="Zoë", body="I do.")
        mail_as_a_tick()
        [_, news] = server.letters
        assert "Zoë replied to your comment" in news.get_body(["plain"]).get_content()
        assert reply.get_absolute_url() in news.get_body(["plain"]).get_content()
        stop = re.search(r"/comments/mail/stop/[^>]+", news["List-Unsubscribe"])[0]
        client.post(stop, {"List-Unsubscribe": "One-Click"})
        make_shown_comment(parent=comment)
        mail_as_a_tick()
        assert len(server.letters) == 2
    assert server.recipients == [["ines@example.org"]] * 2
    # Programs read the headers without decoding them.
    assert f"{stop}>\r\n".encode() in server.raw[1]
    assert not PendingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_down_loses_neither_comment_nor_mail(server):
    wish = Comment(
        article=make_visible_article(),
        name="Inés",
        body="Who knows more?",
        email="ines@example.org",
        notify=True,
    )
    assert submit_comment(wish, network="n") == Comment.objects.get()
    assert not send_due()
    assert PendingMail.objects.get().tries == 1
    with server.running():
        send_pending_mail()
    assert server.recipients == [["ines@example.org"]]
