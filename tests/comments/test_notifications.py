import logging
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.core.mail.backends import locmem
from django.db import connection, transaction
from django.tasks.backends.immediate import ImmediateBackend
from django.utils import timezone

from comments.models import Comment, WaitingMail
from comments.notifications import moderators_mail, tell_moderators
from comments.posting import take
from tests.factories import make_comment, make_user, make_visible_article


class ServerThatIsDown(locmem.EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody is there")


class QueueThatIsDown(ImmediateBackend):
    def enqueue(self, task, args, kwargs):
        raise ConnectionRefusedError("nobody takes tasks")


@pytest.fixture
def moderator(db):
    return make_user(role="Moderators", email="mo@example.org")


@pytest.fixture
def later():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield lambda **span: clock.shift(timedelta(**span))


@pytest.fixture
def mail_server_is_down(settings):
    settings.MAILERS = {
        "default": {"BACKEND": f"{__name__}.{ServerThatIsDown.__name__}"}
    }


def test_the_moderators_are_told_how_many_wait_and_of_the_oldest(
    moderator, mailoutbox, settings
):
    settings.SITE_URL = "https://news.example"
    article = make_visible_article(title="Harbour & “frost”")
    make_comment(article=article, name="Zoë <b>", body="First\n& <last>")
    make_comment()
    tell_moderators()
    [mail] = mailoutbox
    assert mail.to == ["mo@example.org"]
    assert mail.subject == "[Newsroom] 2 comments waiting"
    assert "2 comments wait for a moderator" in mail.body
    assert "from Zoë <b>, under “Harbour & “frost””:" in mail.body
    assert "    First\n    & <last>\n" in mail.body
    assert "https://news.example/admin/comments/comment/?status=pending" in mail.body


def test_one_comment_waits_alone(moderator, mailoutbox):
    make_comment()
    tell_moderators()
    assert mailoutbox[0].subject == "[Newsroom] 1 comment waiting"
    assert "1 comment waits for" in mailoutbox[0].body


def test_the_link_leads_to_what_waits(moderator, mailoutbox, client, settings):
    waiting = make_comment(name="Waiting")
    tell_moderators()
    [address] = [word for word in mailoutbox[0].body.split() if word.startswith("http")]
    client.force_login(moderator)
    page = client.get(address.removeprefix(settings.SITE_URL))
    assert page.status_code == 200
    assert str(waiting.pk) in page.content.decode()


def test_nothing_a_reader_types_reaches_the_head_of_the_mail(moderator, mailoutbox):
    make_comment(name="x\r\nBcc: all@example.org", body="y\r\n\r\nBcc: z")
    tell_moderators()
    [mail] = mailoutbox
    head = mail.message().as_string().partition("\n\n")[0]
    assert "Bcc" not in head
    assert mail.recipients() == ["mo@example.org"]


def test_a_long_comment_is_cut_in_the_mail(moderator, mailoutbox):
    make_comment(body="word " * 1000)
    tell_moderators()
    assert len(mailoutbox[0].body) < 1000
    assert "…" in mailoutbox[0].body


def test_only_active_moderators_with_an_address_are_told(moderator, mailoutbox):
    make_user(role="Moderators", email="")
    make_user(role="Moderators", email="gone@example.org", is_active=False)
    make_user(role="Moderators", email="left@example.org", is_staff=False)
    make_user(role="Writers", email="writer@example.org")
    make_user(email="reader@example.org")
    make_user(is_superuser=True, is_staff=True, email="chief@example.org")
    make_comment()
    tell_moderators()
    [mail] = mailoutbox
    assert mail.to == ["chief@example.org", "mo@example.org"]


def test_nobody_is_told_when_nothing_waits(moderator, mailoutbox):
    make_comment().approve()
    make_comment().mark_spam()
    tell_moderators()
    assert mailoutbox == []
    assert not WaitingMail.objects.exists()


def test_there_is_one_mail_an_hour(moderator, mailoutbox, later):
    make_comment()
    tell_moderators()
    make_comment()
    tell_moderators()
    later(minutes=59)
    tell_moderators()
    assert len(mailoutbox) == 1
    later(minutes=1)
    tell_moderators()
    assert [mail.subject for mail in mailoutbox[1:]] == [
        "[Newsroom] 2 comments waiting"
    ]


def test_what_the_moderators_know_of_is_not_told_again(moderator, mailoutbox, later):
    make_comment()
    tell_moderators()
    later(hours=5)
    tell_moderators()
    assert len(mailoutbox) == 1
    make_comment()
    tell_moderators()
    assert len(mailoutbox) == 2


def test_a_mail_that_cannot_be_sent_is_logged_and_tried_again(
    moderator, mailoutbox, settings, caplog, mail_server_is_down
):
    make_comment()
    with caplog.at_level(logging.ERROR):
        tell_moderators()
    assert "could not be told" in caplog.text
    assert "nobody is there" in caplog.text
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    }
    tell_moderators()
    assert len(mailoutbox) == 1


def test_a_mail_server_that_is_down_loses_no_comment(
    moderator, client, mail_server_is_down, django_capture_on_commit_callbacks
):
    article = make_visible_article()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        answer = client.post(
            f"/articles/{article.slug}/comments/", {"name": "Inés", "body": "Hello."}
        )
    assert len(callbacks) == 1
    assert answer.status_code == 303
    assert Comment.objects.waiting().get().body == "Hello."
    assert WaitingMail.objects.get().sent_at is None


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_down_loses_no_comment(client, settings, caplog):
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.{QueueThatIsDown.__name__}"}}
    article = make_visible_article()
    answer = client.post(
        f"/articles/{article.slug}/comments/", {"name": "Inés", "body": "Hello."}
    )
    assert answer.status_code == 303
    assert Comment.objects.waiting().exists()
    assert "nobody takes tasks" in caplog.text


def test_the_mail_goes_when_a_comment_was_taken_and_not_for_its_repeat(
    moderator, mailoutbox, django_capture_on_commit_callbacks
):
    article = make_visible_article()

    def send(**kwargs):
        comment = Comment(article=article, name="Inés", body="Hello.")
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            take(comment, network="n", **kwargs)
        return callbacks

    assert send()
    assert len(mailoutbox) == 1
    assert not send()


def test_spam_and_what_a_moderator_writes_tell_nobody(
    moderator, mailoutbox, django_capture_on_commit_callbacks
):
    article = make_visible_article()
    for kwargs in [{"decoy": True}, {"by": moderator}]:
        comment = Comment(article=article, name="Inés", body=str(kwargs))
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            take(comment, network="n", **kwargs)
        assert callbacks == []
    assert mailoutbox == []


def test_a_comment_that_was_not_stored_tells_nobody(
    moderator, mailoutbox, django_capture_on_commit_callbacks
):
    comment = Comment(article=make_visible_article(), name="Inés", body="Hello.")

    def take_and_fail():
        with transaction.atomic():
            take(comment, network="n")
            raise ZeroDivisionError

    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
    ):
        take_and_fail()
    assert not Comment.objects.exists()
    assert mailoutbox == []


def test_a_claim_given_back_does_not_take_a_later_one_with_it(db, later):
    first = WaitingMail.objects.claim(1)
    later(hours=1)
    second = WaitingMail.objects.claim(2)
    WaitingMail.objects.give_back(1, first)
    assert WaitingMail.objects.get().newest_told == 2
    WaitingMail.objects.give_back(2, second)
    assert WaitingMail.objects.get().newest_told == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_would_tell_one_does(mailoutbox):
    # Flushing between tests of this kind empties the groups too.
    make_user(is_superuser=True, is_staff=True, email="chief@example.org")
    make_comment()
    barrier = Barrier(5)

    def tell():
        try:
            barrier.wait(timeout=20)
            moderators_mail.enqueue()
        finally:
            connection.close()

    threads = [Thread(target=tell) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(mailoutbox) == 1
