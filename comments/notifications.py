"""What is told by mail as soon as it happens: to the moderators, and to readers who asked for it."""

from django.db import transaction
from django.tasks import task

from comments import mail_limits
from comments.digest import tell_moderators
from comments.locks import hold_sender
from comments.models import Comment, Mailbox, PendingMail, WrittenMail
from comments.outbox import write


@task
def moderators_mail():
    """`tell_moderators`, for the request that took a comment; a worker does it where there is one."""
    tell_moderators()


def ask_to_confirm(comment, *, networks):
    """
    Ask the comment's address, once ever, whether its owner wants to be told of replies.

    To be called whenever a comment comes to want that, in the transaction in
    which it does and after `hold_sender`. `networks` are the hashes of
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
        hold_sender(networks, address=address)
        if not mail_limits.allow_network(networks):
            return
        mailbox = None
        if Comment.objects.written_from(address).exists():
            mailbox = Mailbox.objects.of(address)
        if mailbox is not None and mail_limits.allow(kind, mailbox):
            write(kind, mailbox, network=network, at_once=False)
        else:
            WrittenMail.objects.create(kind=kind, network=network)
