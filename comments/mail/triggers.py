"""What is told by mail as soon as it happens: to the moderators, and to readers who asked for it."""

from django.db import transaction
from django.tasks import task

from comments.mail import throttling
from comments.mail.moderator_digest import tell_moderators
from comments.mail.outbox import write
from comments.models import Comment, Mailbox, PendingMail, WrittenMail
from comments.models.sender_locks import hold_sender


@task
def moderators_mail():
    """`tell_moderators`, for the request that took a comment; a worker does it where there is one."""
    tell_moderators()


def ask_to_confirm(comment, *, networks):
    """
    Ask the owner of the comment's address whether they wrote it, unless they have shown that.

    A mailbox that has never confirmed anything is asked once at all, one that has so often
    as `mail_limits` says, and one that was stopped never: anybody can type its address.
    Belongs into the transaction in which the answer comes to be wanted, after
    `hold_sender`. `networks` are the hashes of whoever wants it. Too many mails to
    write, and none is written: whoever wants it can ask again.
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
    Mail the address the way to everything that was written with it, if there is anything.

    Whoever asks learns nothing: neither whether there is anything, nor whether
    a mail was sent. What was asked in vain counts for the network all the same, so
    that nobody can try many addresses and hold a clock to the answers.
    """
    kind, network = PendingMail.Kind.DATA, next(iter(networks), "")
    with transaction.atomic():
        hold_sender(networks, address=address)
        if not throttling.allow_network(networks):
            return
        mailbox = Mailbox.objects.confirmed().at(address).first()
        if mailbox is None and Comment.objects.written_from(address).exists():
            mailbox = Mailbox.objects.of(address)
        if mailbox is not None and throttling.allow(kind, mailbox):
            write(kind, mailbox, network=network, at_once=False)
        else:
            WrittenMail.objects.create(kind=kind, network=network)
