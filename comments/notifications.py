"""Who is told of what by mail: the moderators, and readers who asked for it."""

import logging
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator

from comments import mail_limits
from comments.models import Comment, Mailbox, PendingMail, WaitingMail, WrittenMail
from comments.networks import wait_for_others
from comments.outbox import write

logger = logging.getLogger(__name__)

EXCERPT = 300


def tell_moderators():
    """
    Mail the moderators that comments wait; to be called whenever that may be so.

    Sends when something waits that came after the last mail, and that mail is
    an hour old: what still waits from before is counted in the next one. A mail
    that cannot be sent is logged, and whoever calls next tries again.
    """
    newest = Comment.objects.waiting().order_by("-id").first()
    recipients = newest and _addresses_of_moderators()
    if not recipients:
        return
    before = WaitingMail.objects.claim(newest.pk)
    if before is None:
        return
    try:
        _send(recipients)
    except Exception:
        logger.exception("The moderators could not be told that comments wait.")
        WaitingMail.objects.give_back(newest.pk, before)


@task
def moderators_mail():
    """`tell_moderators`, for the request that took a comment; a worker does it where there is one."""
    tell_moderators()


def ask_to_confirm(comment, *, networks):
    """
    Ask the comment's address, once ever, whether its owner wants to be told of replies.

    To be called whenever a comment comes to want that, in the transaction in
    which it does and after `wait_for_others`. `networks` are the hashes of
    whoever wants it. Too many mails to write, and none is written: the next
    comment asks again.
    """
    if not (comment.notify and comment.email):
        return
    mailbox = Mailbox.objects.of(comment.email)
    if mailbox.was_heard_or_asked:
        return
    if mail_limits.allow_network(networks) and mailbox.ask():
        write(
            PendingMail.Kind.CONFIRM,
            mailbox,
            comment=comment,
            network=next(iter(networks), ""),
        )


def mail_way_to_data(address, *, networks):
    """
    Mail the address the way to everything that was written with it, if there is anything.

    Whoever asks learns nothing: neither whether there is anything, nor whether
    a mail was sent. What was asked in vain counts for the network all the same, so
    that nobody can try many addresses and hold a clock to the answers.
    """
    kind, network = PendingMail.Kind.DATA, next(iter(networks), "")
    with transaction.atomic():
        wait_for_others()
        if not mail_limits.allow_network(networks):
            return
        mailbox = None
        if Comment.objects.written_from(address).exists():
            mailbox = Mailbox.objects.of(address)
        if mailbox is not None and mail_limits.allow(kind, mailbox):
            write(kind, mailbox, network=network, at_once=False)
        else:
            WrittenMail.objects.create(kind=kind, network=network)


def _send(recipients):
    waiting = Comment.objects.waiting()
    number = waiting.count()
    oldest = waiting.oldest_first().select_related("article").first()
    if oldest is None:
        return
    text = render_to_string(
        "comments/waiting.txt",
        {
            "number": number,
            "oldest": oldest,
            "lines": Truncator(oldest.body).chars(EXCERPT).split("\n"),
            "address": _address_of_the_waiting(),
            "site_name": settings.SITE_NAME,
        },
    )
    # Nothing that a reader typed stands in the subject.
    subject = f"{number} comment{'s' if number != 1 else ''} waiting"
    send_mail(f"{settings.EMAIL_SUBJECT_PREFIX}{subject}", text, None, recipients)


def _addresses_of_moderators():
    moderators = get_user_model().objects.with_perm(
        "comments.moderate_comment",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return list(
        moderators.filter(is_staff=True)
        .exclude(email="")
        .order_by("email")
        .values_list("email", flat=True)
        .distinct()
    )


def _address_of_the_waiting():
    path = reverse("admin:comments_comment_changelist")
    query = urlencode({"status": Comment.Status.PENDING})
    return f"{settings.SITE_URL}{path}?{query}"
