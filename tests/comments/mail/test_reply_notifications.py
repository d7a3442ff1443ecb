from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from articles.models import Article
from comments.mail import reply_notifications
from comments.mail.reply_notifications import announce_new, announcing
from comments.models import Comment, Mailbox, PendingMail, WrittenMail
from comments.moderation.staff_replies import answer
from tests.comments.mail.test_outbox import QueueThatIsDown
from tests.comments.posting.test_submit import all_at_once
from tests.factories import (
    DAY,
    make_comment,
    make_commenter,
    make_shown_comment,
    make_user,
    proven,
)


@pytest.fixture
def mails(mailoutbox, with_worker, django_capture_on_commit_callbacks):
    """Runs what a step causes after the commit; returns who got mails."""

    def after(step, *args, **kwargs):
        before = len(mailoutbox)
        with django_capture_on_commit_callbacks(execute=True):
            step(*args, **kwargs)
        return [mail.to[0] for mail in mailoutbox[before:]]

    return after


@pytest.fixture
def asked(db):
    return asking("ines@example.org")


def asking(address, **fields):
    """A shown comment whose author has confirmed the address and wants mails about replies."""
    return proven(make_shown_comment(email=address, notify=True, **fields))


def test_a_reply_is_told_when_it_is_approved_and_not_before(asked, mails):
    assert mails(lambda: make_comment(parent=asked)) == []
    reply = Comment.objects.latest("id")
    assert mails(reply.approve) == ["ines@example.org"]


def test_never_again_after_reject_and_approve(asked, mails):
    reply = make_comment(parent=asked)
    assert mails(reply.approve)
    for step in [reply.reject, reply.approve, reply.mark_spam, reply.undo]:
        assert mails(step) == []
    assert mails(announce_new) == []


def test_never_again_when_the_article_was_away(asked, mails):
    reply = make_comment(parent=asked)
    assert mails(reply.approve)
    asked.article.withdraw()
    assert mails(announce_new) == []
    asked.article.publish()
    assert mails(announce_new) == []


def test_the_tick_finds_what_an_article_brings_back(asked, mails):
    reply = make_comment(parent=asked)
    asked.article.withdraw()
    assert mails(reply.approve) == []
    assert mails(announce_new) == []
    Article.objects.get(pk=asked.article_id).publish()
    assert mails(announce_new) == ["ines@example.org"]
    assert mails(announce_new) == []


def test_a_root_that_is_approved_brings_its_replies(asked, mails):
    reply = make_comment(parent=asked)
    asked.mark_spam()
    reply.refresh_from_db()
    assert mails(reply.approve) == []
    asked.refresh_from_db()
    assert mails(asked.approve) == ["ines@example.org"]


def test_an_undo_and_an_edit_announce_like_any_decision(asked, mails):
    reply = make_comment(parent=asked)
    reply.reject()
    reply.approve()
    Comment.objects.filter(pk=reply.pk).update(announced_at=None)
    reply.refresh_from_db()
    reply.reject()
    assert mails(reply.undo) == ["ines@example.org"]
    second = make_comment(parent=asked)
    assert mails(second.edit, "Other words.", status=Comment.Status.APPROVED) == [
        "ines@example.org"
    ]


def test_what_the_newsroom_answers_is_told(asked, mails):
    moderator = make_user(role="Moderators")
    assert mails(answer, asked, "We looked.", by=moderator) == ["ines@example.org"]


def test_old_replies_are_not_told_of(asked, mails):
    with time_machine.travel(timezone.now() - timedelta(days=7, seconds=1)):
        reply = make_comment(parent=asked)
        reply.approve()
    assert mails(announce_new) == []
    assert mails(announcing.call, reply.pk) == []
    Comment.objects.filter(pk=reply.pk).update(
        first_shown_at=timezone.now() - timedelta(days=6)
    )
    assert mails(announce_new) == ["ines@example.org"]


def test_what_was_imported_is_no_news(asked, mails):
    assert mails(make_comment, parent=asked, status=Comment.Status.APPROVED) == []
    assert mails(announce_new) == []


@pytest.mark.parametrize("address", ["ines@example.org", "INES@Example.org"])
def test_nobody_is_told_of_an_own_reply(asked, mails, address):
    own = proven(make_comment(parent=asked, email=address))
    assert mails(own.approve) == []
    from_browser = make_comment(parent=asked, commenter=asked.commenter)
    assert mails(from_browser.approve) == []
    staff = make_user(role="Moderators", email=address)
    assert mails(answer, asked, "Me again.", by=staff) == []


@pytest.mark.parametrize(
    "fields",
    [{"notify": False}, {"email": "", "mailbox": None}, {"mailbox": None}],
)
def test_who_did_not_ask_or_confirm_is_not_told(asked, mails, fields):
    mailbox = asked.mailbox
    Comment.objects.filter(pk=asked.pk).update(**fields)
    asked.refresh_from_db()
    reply = make_comment(parent=asked)
    assert mails(reply.approve) == []
    assert not WrittenMail.objects.exists()
    # Nor later, when they do.
    Comment.objects.filter(pk=asked.pk).update(
        notify=True, email="ines@example.org", mailbox=mailbox
    )
    assert mails(announce_new) == []


def test_who_types_the_address_of_another_takes_no_news_from_them(asked, mails):
    typed = make_comment(parent=asked, email=asked.email, commenter=make_commenter())
    assert mails(typed.approve) == [asked.email]


def test_who_types_the_address_of_another_sends_them_no_news(asked, mails):
    typed = make_shown_comment(email=asked.email, notify=True)
    assert mails(make_comment(parent=typed).approve) == []
    assert mails(lambda: proven(typed)) == []
    assert mails(make_comment(parent=typed).approve) == [asked.email]


@pytest.mark.parametrize("step", ["withdraw", "reject"])
def test_whose_comment_is_off_the_page_is_not_told(asked, mails, step):
    reply = make_comment(parent=asked)
    getattr(asked, step)()
    assert mails(reply.approve) == []
    assert reply.is_shown
    assert not WrittenMail.objects.exists()


def test_who_stopped_all_mail_is_not_told(asked, mails):
    Mailbox.objects.get(address="ines@example.org").stop()
    assert mails(make_comment(parent=asked).approve) == []
    assert not WrittenMail.objects.exists()


def test_those_quoted_are_told_too_and_everybody_once(asked, mails):
    words = "The bridge was closed in March, and nobody told us."
    asking("zoe@example.org", parent=asked, body=words)
    # Quoted, and answered as well.
    Comment.objects.filter(pk=asked.pk).update(body="It rained on every single day.")
    asking_elsewhere = asking("far@example.org", body=words)
    assert asking_elsewhere.article != asked.article
    asked.refresh_from_db()
    reply = make_comment(
        parent=asked,
        body="> The bridge was closed in March\n\nTrue.\n\n> rained on every single day",
    )
    assert sorted(mails(reply.approve)) == ["ines@example.org", "zoe@example.org"]


def test_only_what_is_shown_can_be_quoted(asked, mails):
    words = "The bridge was closed in March, and nobody told us."
    hidden = asking("zoe@example.org", parent=asked, body=words)
    hidden.reject()
    Comment.objects.filter(pk=asked.pk).update(notify=False)
    asked.refresh_from_db()
    reply = make_comment(parent=asked, body=f"> {words}")
    assert mails(reply.approve) == []


def test_a_mailbox_of_several_comments_gets_one_mail(asked, mails):
    words = "The bridge was closed in March, and nobody told us."
    asking("INES@example.org", parent=asked, body=words)
    reply = make_comment(parent=asked, body=f"> {words}")
    assert mails(reply.approve) == ["ines@example.org"]


def test_a_mailbox_gets_only_so_many_mails_a_day(asked, mails):
    for _ in range(30):
        assert mails(make_comment(parent=asked).approve)
    assert mails(make_comment(parent=asked).approve) == []
    with time_machine.travel(timezone.now() + DAY):
        assert mails(make_comment(parent=asked).approve)


def test_a_reply_is_claimed_once(asked):
    reply = make_comment(parent=asked)
    same_reply = Comment.objects.get(pk=reply.pk)
    assert reply.claim_announcement()
    assert not same_reply.claim_announcement()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_announce_one_does(mailoutbox, with_worker):
    asked = asking("ines@example.org")
    reply = make_comment(parent=asked)
    reply.approve()
    Comment.objects.filter(pk=reply.pk).update(announced_at=None)
    mailoutbox.clear()
    all_at_once(*[announce_new] * 5)
    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_down_stops_no_decision(settings, mailoutbox, with_worker):
    asked = asking("ines@example.org")
    reply = make_comment(parent=asked)
    tasks = settings.TASKS
    settings.TASKS = {
        "default": {
            "BACKEND": f"{QueueThatIsDown.__module__}.{QueueThatIsDown.__name__}"
        }
    }
    reply.approve()
    assert reply.is_shown
    assert mailoutbox == []
    settings.TASKS = tasks
    announce_new()
    assert [mail.to for mail in mailoutbox] == [["ines@example.org"]]


def test_the_work_has_an_end(asked, mails, monkeypatch):
    monkeypatch.setattr(reply_notifications, "REPLIES_AT_ONCE", 2)
    for _ in range(3):
        make_comment(parent=asked).approve()
    assert len(mails(announce_new)) == 2
    assert len(mails(announce_new)) == 1


def test_queries_do_not_grow_with_the_conversation(asked, django_assert_num_queries):
    words = "The bridge was closed in March, and nobody told us."
    for number in [1, 10]:
        for _ in range(number):
            asking("a@x.org", parent=asked, body=words)
        Comment.objects.update(announced_at=timezone.now())
        make_comment(parent=asked, body=f"> {words}").approve()
        # The new replies; the claim in its transaction; the quoted comments; their two
        # mailboxes; for each its limit and two rows of its mail.
        with django_assert_num_queries(12):
            announce_new()


def test_a_site_where_nothing_is_new_asks_once(asked, django_assert_num_queries):
    with django_assert_num_queries(1):
        announce_new()
    assert not PendingMail.objects.exists()
