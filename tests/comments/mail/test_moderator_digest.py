import logging
import re
import smtplib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.mail.backends import locmem
from django.db import connection, transaction
from django.tasks.backends.immediate import ImmediateBackend
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.mail.moderator_digest import (
    COUNTED,
    MOST,
    Rhythm,
    mail_moderators,
    what_waits,
)
from comments.mail.one_click import ONE_CLICK_STEPS
from comments.mail.triggers import moderators_mail
from comments.models import Comment, Decision, Digest, Report, Signal
from comments.models.pending_mail import CLAIMED_FOR
from comments.posting.author_actions import appeal, change_words
from comments.posting.submit import submit_comment
from newsroom.models import DeskPreferences
from tests.comments.mail_server import MailServer
from tests.comments.posting.test_submit import all_at_once
from tests.factories import (
    DAY,
    HOUR,
    make_comment,
    make_report,
    make_shown_comment,
    make_user,
    make_visible_article,
)
from tests.newsroom.accounts.conftest import give_app

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


class ServerThatIsDown(locmem.EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody@example.org is not there")


class ServerThatRefusesOne(locmem.EmailBackend):
    """Accepts every mail except those for mo@example.org."""

    failure = smtplib.SMTPRecipientsRefused({"mo@example.org": (550, b"mo unknown")})

    def send_messages(self, messages):
        if messages[0].to == ["mo@example.org"]:
            raise self.failure
        return super().send_messages(messages)


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
def mail_server(settings):
    """Sends mails through a server of this class."""

    def goes_through(backend):
        settings.MAILERS = {"default": {"BACKEND": f"{__name__}.{backend.__name__}"}}

    return goes_through


def told(mailoutbox):
    """The mails that the moderators get now."""
    before = len(mailoutbox)
    mail_moderators()
    return mailoutbox[before:]


def subjects(mails):
    return [mail.subject.removeprefix("[Newsroom] ") for mail in mails]


def links_in(mail):
    return re.findall(r"^(.+):\n(http\S+/comments/decide/\S+)$", mail.body, re.M)


# What the mail says


def test_each_moderator_is_told_of_everything_that_waits(
    moderator, mailoutbox, settings
):
    settings.SITE_URL = "https://news.example"
    article = make_visible_article(title="Harbour & “frost”")
    make_comment(article=article, name="Zoë <b>", body="First\n& <last>")
    make_comment(body="The second.")
    [mail] = told(mailoutbox)
    assert mail.to == ["mo@example.org"]
    assert mail.subject == "[Newsroom] Waiting: 2 comments"
    assert "1. Zoë <b>\nOn “Harbour & “frost””\nWaiting since" in mail.body
    assert "\n    First\n    & <last>\n" in mail.body
    assert "\n    The second.\n" in mail.body
    assert "\nhttps://news.example/admin/comments/queue/\n" in mail.body
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    labels = [label for label, _ in links_in(mail)]
    assert labels == ["Approve", "Reject", "Mark as spam"] * 2


def test_one_comment_waits_alone(moderator, mailoutbox):
    make_comment()
    assert subjects(told(mailoutbox)) == ["Waiting: 1 comment"]


def test_the_one_that_waits_longest_comes_first(moderator, mailoutbox):
    now = timezone.now()
    for hours in [2, 3, 1]:
        make_comment(body=f"Hours: {hours}", created_at=now - hours * HOUR)
    body = told(mailoutbox)[0].body
    assert re.findall(r"Hours: (\d)", body) == ["3", "2", "1"]


def test_more_than_fit_into_a_mail_are_counted(moderator, mailoutbox):
    article = make_visible_article()
    for _ in range(MOST + 3):
        make_comment(article=article)
    body = told(mailoutbox)[0].body
    assert f"\n{MOST}. " in body
    assert f"\n{MOST + 1}. " not in body
    assert "\nThere are 3 more in the queue:\n" in body


def test_nothing_is_counted_beyond_a_limit(moderator, mailoutbox):
    article = make_visible_article()
    Comment.objects.bulk_create(
        Comment(article=article, name="x", body="y") for _ in range(COUNTED + 1)
    )
    [mail] = told(mailoutbox)
    assert subjects([mail]) == ["Waiting: more than 1,000 comments"]
    assert "\nThere are many more in the queue:\n" in mail.body


def test_the_mail_says_why_a_comment_is_held_by_the_findings_on_its_words_of_today(
    moderator, mailoutbox
):
    comment = make_comment(text_revision=2)
    for revision, words in [(1, "Old Name"), (2, "New Name")]:
        Signal.objects.create(
            comment=comment,
            text_revision=revision,
            rule="look_alike_staff",
            words=words,
        )
    body = told(mailoutbox)[0].body
    assert "Held for a moderator. The name resembles that of New Name" in body
    assert "Old Name" not in body


def test_an_answer_says_whom_it_answers(moderator, mailoutbox):
    make_comment(parent=make_shown_comment(name="Ana"), name="Inés")
    assert "1. Inés\nReply to Ana\nOn “" in told(mailoutbox)[0].body


def test_a_long_comment_is_cut_in_the_mail(moderator, mailoutbox):
    make_comment(body="word " * 1000)
    body = told(mailoutbox)[0].body
    assert body.count("word") < 70
    assert "…" in body


def test_nothing_a_reader_types_reaches_the_head_of_the_mail(moderator, mailoutbox):
    make_comment(name="x\r\nBcc: all@example.org", body="y\r\n\r\nBcc: z")
    [mail] = told(mailoutbox)
    head = mail.message().as_string().partition("\n\n")[0]
    assert "Bcc" not in head
    assert mail.recipients() == ["mo@example.org"]


def test_nothing_a_reader_types_can_be_clicked_or_stands_as_a_line_of_ours(
    moderator, mailoutbox, settings
):
    evil = "https://evil.example/decide"
    comment = make_comment(
        name=f"Inés\nApprove:\n{evil}",
        body=f"Approve:\n{evil}\n[Approve]({evil}) www.evil.example x@evil.example",
        article=make_visible_article(title="A\nReject:\nB"),
    )
    Signal.objects.create(
        comment=comment,
        text_revision=1,
        rule="look_alike_staff",
        words=f"Ana\nReject:\n{evil}",
    )
    comment.reject()
    appeal(comment, f"Look:\n{evil}")
    [mail] = told(mailoutbox)
    assert "evil" not in mail.body
    lines = mail.body.split("\n")
    # After each line that names a step comes one of our addresses.
    for line, following in zip(lines, lines[1:], strict=False):
        if line in {f"{step}:" for step in ONE_CLICK_STEPS.values()}:
            assert following.startswith(f"{settings.SITE_URL}/comments/decide/")
    assert len(links_in(mail)) == lines.count("Approve:") + lines.count(
        "Mark as spam:"
    ) + lines.count("Keep as it is:")


def test_an_article_that_is_not_public_is_not_named(moderator, mailoutbox):
    comment = make_comment(article=make_visible_article(title="Secret headline"))
    comment.article.withdraw()
    body = told(mailoutbox)[0].body
    assert "Secret" not in body
    assert "\nOn an article that is not public at the moment\n" in body


def test_each_mail_is_in_the_language_that_the_moderator_chose(
    moderator, mailoutbox, settings
):
    settings.LANGUAGE_CODE = "fr"
    german = make_user(role="Moderators", email="de@example.org")
    DeskPreferences.objects.create(user=german, language="de")
    make_comment(created_at=datetime(2026, 3, 4, 12, 0, tzinfo=UTC))
    bodies = {mail.to[0]: mail.body for mail in told(mailoutbox)}
    assert "4. März 2026" in bodies["de@example.org"]
    assert "4 mars 2026" in bodies["mo@example.org"]


# Who is told


def test_each_active_moderator_with_an_address_gets_a_mail_of_their_own(
    moderator, mailoutbox
):
    make_user(role="Moderators", email="")
    make_user(role="Moderators", email="gone@example.org", is_active=False)
    make_user(role="Moderators", email="left@example.org", is_staff=False)
    make_user(role="Writers", email="writer@example.org")
    make_user(email="reader@example.org")
    make_user(is_superuser=True, is_staff=True, email="chief@example.org")
    make_comment()
    mails = told(mailoutbox)
    assert [mail.to for mail in mails] == [["mo@example.org"], ["chief@example.org"]]
    one, other = [{address for _, address in links_in(mail)} for mail in mails]
    assert not one & other


def test_who_becomes_a_moderator_is_told_of_all_that_waits(moderator, mailoutbox):
    make_comment()
    told(mailoutbox)
    make_user(role="Moderators", email="new@example.org")
    assert [mail.to for mail in told(mailoutbox)] == [["new@example.org"]]


def test_an_account_can_be_deleted(moderator, mailoutbox):
    make_comment()
    told(mailoutbox)
    moderator.delete()
    assert not Digest.objects.exists()


# When something is told


def test_nobody_is_told_when_nothing_waits(moderator, mailoutbox):
    make_comment().approve()
    make_comment().mark_spam()
    assert told(mailoutbox) == []
    assert not Digest.objects.exists()


def test_there_is_one_mail_an_hour(moderator, mailoutbox, later):
    make_comment()
    assert len(told(mailoutbox)) == 1
    make_comment()
    assert told(mailoutbox) == []
    later(minutes=59)
    assert told(mailoutbox) == []
    later(minutes=1)
    assert subjects(told(mailoutbox)) == ["Waiting: 2 comments"]


def test_at_once_means_with_every_comment_and_at_most_once_a_minute(
    moderator, mailoutbox, settings, later
):
    settings.MODERATORS_MAIL = "at_once"
    for number in [1, 4, 7]:
        make_comment()
        assert subjects(told(mailoutbox)) == [
            f"Waiting: {number} comment{'s' if number > 1 else ''}"
        ]
        for _ in range(2):
            make_comment()
            assert told(mailoutbox) == []
        later(seconds=59)
        assert told(mailoutbox) == []
        # What came meanwhile is told then; nothing else need happen.
        later(seconds=1)


def test_daily_means_once_in_a_day(moderator, mailoutbox, settings, later):
    settings.MODERATORS_MAIL = "daily"
    make_comment()
    assert len(told(mailoutbox)) == 1
    make_comment()
    later(hours=23, minutes=59)
    assert told(mailoutbox) == []
    later(minutes=1)
    assert len(told(mailoutbox)) == 1


def test_waiting_means_when_the_oldest_has_waited_so_long(
    moderator, mailoutbox, settings, later
):
    settings.MODERATORS_MAIL = "waiting 6h"
    first = make_comment()
    later(hours=5, minutes=59)
    make_comment()
    assert told(mailoutbox) == []
    later(minutes=1)
    assert subjects(told(mailoutbox)) == ["Waiting: 2 comments"]
    make_comment()
    assert told(mailoutbox) == []
    later(hours=1)
    assert subjects(told(mailoutbox)) == ["Waiting: 3 comments"]
    # The others have not waited long enough.
    first.refresh_from_db()
    first.approve()
    make_comment()
    later(hours=4)
    assert told(mailoutbox) == []
    later(hours=1)
    assert len(told(mailoutbox)) == 1


def test_what_was_put_back_waits_only_since_then(
    moderator, mailoutbox, settings, later
):
    settings.MODERATORS_MAIL, settings.REPORTS_TO_HOLD = "waiting 2h", 1
    comment = make_comment(created_at=timezone.now() - DAY)
    comment.approve()
    make_report(comment)
    later(hours=1)
    assert told(mailoutbox) == []
    later(hours=1)
    assert len(told(mailoutbox)) == 1


@pytest.mark.parametrize(
    ("text", "rhythm"),
    [
        ("at_once", Rhythm(timedelta(minutes=1))),
        ("hourly", Rhythm(HOUR)),
        ("daily", Rhythm(DAY)),
        ("waiting 36h", Rhythm(HOUR, 36 * HOUR)),
    ],
)
def test_a_rhythm_is_what_the_setting_says(text, rhythm):
    assert Rhythm.parse(text) == rhythm


def test_what_a_moderator_knows_of_is_not_told_again(moderator, mailoutbox, later):
    comment = make_comment()
    told(mailoutbox)
    later(hours=5)
    assert told(mailoutbox) == []
    comment.approve(by=moderator)
    comment.undo(by=moderator)
    assert told(mailoutbox) == []
    make_comment()
    assert subjects(told(mailoutbox)) == ["Waiting: 2 comments"]


def test_a_comment_that_readers_reported_is_told_once_when_it_waits_again(
    moderator, mailoutbox, settings, later
):
    settings.MODERATORS_MAIL, settings.REPORTS_TO_HOLD = "at_once", 2
    comment = make_shown_comment()
    make_comment()
    told(mailoutbox)
    later(minutes=1)
    make_report(comment, reason=Report.Reason.SPAM)
    assert told(mailoutbox) == []
    make_report(comment, reason=Report.Reason.SPAM)
    [mail] = told(mailoutbox)
    assert subjects([mail]) == ["Waiting: 2 comments"]
    assert "Reported by readers: It is spam or advertising (2)" in mail.body
    later(minutes=1)
    assert told(mailoutbox) == []


def test_a_comment_whose_author_changed_it_is_told_once_when_it_waits_again(
    moderator, mailoutbox, settings, later
):
    settings.MODERATORS_MAIL = "at_once"
    comment = make_shown_comment()
    make_comment()
    told(mailoutbox)
    later(minutes=1)
    change_words(comment, "Other words.")
    [mail] = told(mailoutbox)
    assert "Other words." in mail.body
    later(minutes=1)
    assert told(mailoutbox) == []


def test_an_appeal_is_told_once_with_what_can_be_done(
    moderator, mailoutbox, settings, later
):
    settings.MODERATORS_MAIL = "at_once"
    rejected, spam = make_comment(body="Rejected."), make_comment(body="Called spam.")
    rejected.reject(by=moderator, reason="abuse")
    spam.mark_spam(by=moderator)
    assert told(mailoutbox) == []
    appeal(rejected, "Was that\nabuse?")
    [mail] = told(mailoutbox)
    assert subjects([mail]) == ["Waiting: 1 appeal"]
    assert "It is rejected, and its author asks you to look again:" in mail.body
    assert "    Was that\n    abuse?\n" in mail.body
    labels = [label for label, _ in links_in(mail)]
    assert labels == ["Approve", "Mark as spam", "Keep as it is"]
    later(minutes=1)
    assert told(mailoutbox) == []
    make_comment()
    appeal(spam, "I am no robot.")
    [mail] = told(mailoutbox)
    assert subjects([mail]) == ["Waiting: 1 comment and 2 appeals"]
    assert "It is marked as spam, and its author asks" in mail.body


@pytest.mark.parametrize("step", ["withdraw", "erase", "keep"])
def test_an_appeal_that_is_over_is_not_told(moderator, mailoutbox, step):
    comment = make_comment()
    comment.reject(by=moderator)
    appeal(comment, "Why?")
    getattr(comment, step)(**({"by": moderator} if step == "keep" else {}))
    assert told(mailoutbox) == []
    assert what_waits() == []


# What may go wrong


def test_a_mail_that_cannot_be_sent_is_logged_and_tried_again(
    moderator, mailoutbox, settings, caplog, mail_server, later
):
    make_comment()
    mail_server(ServerThatIsDown)
    with caplog.at_level(logging.WARNING):
        mail_moderators()
    assert f"digest for moderator {moderator.pk} could not be sent" in caplog.text
    assert "ConnectionRefusedError" in caplog.text
    assert "example.org" not in caplog.text
    settings.MAILERS = {"default": {"BACKEND": LOCMEM}}
    assert told(mailoutbox) == []
    later(minutes=1)
    assert len(told(mailoutbox)) == 1
    assert Digest.objects.get().tries == 0


def test_a_mail_that_is_refused_stops_no_other_moderators(
    moderator, mailoutbox, mail_server
):
    make_user(role="Moderators", email="other@example.org")
    make_comment()
    mail_server(ServerThatRefusesOne)
    assert [mail.to for mail in told(mailoutbox)] == [["other@example.org"]]
    assert told(mailoutbox) == []


def test_a_server_that_fails_over_one_mail_takes_the_others_with_the_next_tick(
    moderator, mailoutbox, mail_server, monkeypatch
):
    make_user(role="Moderators", email="other@example.org")
    make_comment()
    mail_server(ServerThatRefusesOne)
    gone = smtplib.SMTPServerDisconnected("gone")
    monkeypatch.setattr(ServerThatRefusesOne, "failure", gone)
    assert told(mailoutbox) == []
    assert [mail.to for mail in told(mailoutbox)] == [["other@example.org"]]


def test_an_address_that_is_none_stops_no_other_moderators(moderator, mailoutbox):
    type(moderator).objects.update(email="mo@example.org\nBcc: all@example.org")
    make_user(role="Moderators", email="other@example.org")
    make_comment()
    assert [mail.to for mail in told(mailoutbox)] == [["other@example.org"]]


def test_the_mail_of_a_process_that_died_over_it_is_sent_by_another(
    moderator, mailoutbox, later
):
    make_comment()
    [digest] = Digest.objects.of([moderator])
    assert Digest.objects.claim(digest)
    assert told(mailoutbox) == []
    later(seconds=CLAIMED_FOR.total_seconds() - 1)
    assert told(mailoutbox) == []
    later(seconds=1)
    assert len(told(mailoutbox)) == 1


def test_a_claim_is_for_what_was_seen(moderator, mailoutbox):
    make_comment()
    [seen] = Digest.objects.of([moderator])
    told(mailoutbox)
    assert not Digest.objects.claim(seen)


def test_a_mail_server_that_is_down_loses_no_comment(
    moderator, client, mail_server, django_capture_on_commit_callbacks, with_worker
):
    mail_server(ServerThatIsDown)
    article = make_visible_article()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        answer = client.post(
            f"/articles/{article.slug}/comments/", {"name": "Inés", "body": "Hello."}
        )
    assert len(callbacks) == 1
    assert answer.status_code == 303
    assert Comment.objects.waiting().get().body == "Hello."
    assert Digest.objects.get().sent_at is None


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_down_loses_no_comment(client, settings, caplog, with_worker):
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.{QueueThatIsDown.__name__}"}}
    article = make_visible_article()
    answer = client.post(
        f"/articles/{article.slug}/comments/", {"name": "Inés", "body": "Hello."}
    )
    assert answer.status_code == 303
    assert Comment.objects.waiting().exists()
    assert "nobody takes tasks" in caplog.text


def test_the_mail_goes_when_a_comment_was_taken_and_not_for_its_repeat(
    moderator, mailoutbox, django_capture_on_commit_callbacks, with_worker
):
    article = make_visible_article()

    def send(**kwargs):
        comment = Comment(article=article, name="Inés", body="Hello.")
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            submit_comment(comment, network="n", **kwargs)
        return callbacks

    assert send()
    assert len(mailoutbox) == 1
    assert not send()


def test_spam_and_what_a_moderator_writes_tell_nobody(
    moderator, mailoutbox, django_capture_on_commit_callbacks, with_worker
):
    article = make_visible_article()
    for kwargs in [{"decoy": True}, {"by": moderator}]:
        comment = Comment(article=article, name="Inés", body=str(kwargs))
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            submit_comment(comment, network="n", **kwargs)
        assert callbacks == []
    assert mailoutbox == []


def test_a_comment_that_was_not_stored_tells_nobody(
    moderator, mailoutbox, django_capture_on_commit_callbacks, with_worker
):
    comment = Comment(article=make_visible_article(), name="Inés", body="Hello.")

    def take_and_fail():
        with transaction.atomic():
            submit_comment(comment, network="n")
            raise ZeroDivisionError

    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
    ):
        take_and_fail()
    assert not Comment.objects.exists()
    assert mailoutbox == []


@pytest.mark.django_db(transaction=True)
def test_of_many_who_would_tell_one_does_for_each_moderator(mailoutbox):
    # Flushing between tests of this kind empties the groups too.
    for name in ["chief", "deputy"]:
        make_user(is_superuser=True, is_staff=True, email=f"{name}@example.org")
    make_comment()
    all_at_once(*[moderators_mail.enqueue] * 5)
    assert sorted(mail.to[0] for mail in mailoutbox) == [
        "chief@example.org",
        "deputy@example.org",
    ]


def test_a_real_mail_server_gets_whole_links(moderator, settings, client):
    settings.SITE_URL = "https://news.example"
    comment = make_comment(name="Zoë", body="Grüße. " * 50)
    server = MailServer()
    settings.MAILERS = server.mailers
    with server.running():
        mail_moderators()
    [letter], [recipients] = server.letters, server.recipients
    assert recipients == ["mo@example.org"]
    text = letter.get_body(["plain"]).get_content().replace("\r\n", "\n")
    links = re.findall(r"^https://news\.example(/comments/decide/\S+)$", text, re.M)
    assert len(links) == 3
    for link in links:
        page = client.get(link)
        assert page.status_code == 200
        assert "Grüße." in page.content.decode()
    comment.refresh_from_db()
    assert comment.is_waiting


# What it costs


def queries_of(step):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        step()
    return len(captured)


def fill(article, moderator, number):
    for _ in range(number):
        comment = make_comment(article=article)
        Signal.objects.create(comment=comment, text_revision=1, rule="decoy")
        waiting_again = make_shown_comment(article=article)
        make_report(waiting_again)
        waiting_again.reject(by=moderator)
        appeal(waiting_again, "Why?")


def test_a_mail_costs_the_same_for_one_comment_and_for_many(
    moderator, mailoutbox, settings, later
):
    settings.MODERATORS_MAIL = "at_once"
    article = make_visible_article()
    fill(article, moderator, 1)
    mail_moderators()
    later(minutes=1)
    fill(article, moderator, 1)
    few = queries_of(mail_moderators)
    later(minutes=1)
    fill(article, moderator, 20)
    many = queries_of(mail_moderators)
    assert len(mailoutbox) == 3
    assert few == many == 21


def test_a_tick_without_news_is_cheap(moderator, mailoutbox, later):
    assert queries_of(mail_moderators) == 2
    make_comment()
    mail_moderators()
    assert queries_of(mail_moderators) == 5
    later(hours=2)
    assert queries_of(mail_moderators) == 6


def test_old_decisions_are_not_looked_at_again(moderator, mailoutbox, later):
    for _ in range(3):
        make_comment().approve(by=moderator)
    newest = Decision.objects.latest("id")
    later(minutes=2)
    make_comment()
    mail_moderators()
    assert Digest.objects.get().newest_decision == newest.pk


@pytest.mark.django_db
def test_only_those_who_may_decide_by_mail_get_links(mailoutbox, settings):
    """The others get the same mail with a link to the queue instead."""
    settings.MODERATORS_MAIL = "at_once"
    make_user(role="Moderators", email="password@news.example")
    give_app(make_user(role="Moderators", email="app@news.example"))
    comment = make_comment(name="Inés")
    mail_moderators()
    mails = {mail.to[0]: mail for mail in mailoutbox}
    assert len(links_in(mails["password@news.example"])) == 3
    assert "without signing in" in mails["password@news.example"].body
    with_app = mails["app@news.example"].body
    assert comment.name in with_app
    assert "/admin/comments/queue/" in with_app
    assert "/comments/decide/" not in with_app
    assert "without signing in" not in with_app


@pytest.mark.parametrize(
    ("name", "value"), [("DECIDE_BY_MAIL", False), ("STAFF_SECOND_FACTOR", "required")]
)
def test_where_nobody_decides_by_mail_no_mail_has_links(
    moderator, mailoutbox, settings, name, value
):
    settings.MODERATORS_MAIL = "at_once"
    setattr(settings, name, value)
    make_comment()
    mail_moderators()
    [mail] = mailoutbox
    assert "/comments/decide/" not in mail.body
    assert "/admin/comments/queue/" in mail.body
