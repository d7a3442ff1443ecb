"""The events that cause a mail: to the moderators, or to readers who asked for it."""

from django.db import transaction
from django.tasks import task

from comments.mail import throttling
from comments.mail.moderator_digest import mail_moderators
from comments.mail.outbox import write
from comments.models import Comment, Mailbox, PendingMail, WrittenMail
from comments.models.sender_locks import lock_sender


@task
def moderators_mail():
    """Task: `mail_moderators`, for the worker after a comment was stored."""
    mail_moderators()


def ask_to_confirm(comment, *, networks):
    """
    Write the mail that asks the owner of the comment's address whether they wrote it.

    Does nothing if that is proved already, if mails to the mailbox are stopped, or if a
    throttle is reached; the reader can ask again. Anybody can type an address, so a mailbox
    that was never confirmed is asked only once, and a confirmed one as often as
    `mail.throttling` allows. Call it after `lock_sender` in the same transaction. `networks`
    are the hashes of the sender's network.
    """
    if not comment.has_unproven_address:
        return
    mailbox = Mailbox.objects.of(comment.email)
    if mailbox.is_stopped or not throttling.allow_network(networks):
        return
    if mailbox.is_confirmed:
        may_ask = throttling.allow(PendingMail.Kind.CONFIRM, mailbox)
    else:
        may_ask = mailbox.ask()
    if may_ask:
        write(
            PendingMail.Kind.CONFIRM,
            mailbox,
            comment=comment,
            network=next(iter(networks), ""),
        )


def mail_way_to_data(address, *, networks):
    """
    Mail the link to everything written with the address, if there is anything.

    The requester does not learn whether there is anything or whether a mail was sent.
    Requests that cause no mail count for the network too, so that nobody can probe many
    addresses and measure the response times. `networks` are the hashes of the requester.
    """
    kind, network = PendingMail.Kind.DATA, next(iter(networks), "")
    with transaction.atomic():
        lock_sender(networks, address=address)
        if not throttling.allow_network(networks):
            return
        mailbox = Mailbox.objects.confirmed().at(address).first()
        if mailbox is None and Comment.objects.written_from(address).exists():
            mailbox = Mailbox.objects.of(address)
        if mailbox is not None and throttling.allow(kind, mailbox):
            write(kind, mailbox, network=network, at_once=False)
        else:
            WrittenMail.objects.create(kind=kind, network=network)
