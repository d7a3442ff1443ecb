"""
The mails to readers, between the transaction that makes them certain and the mail server.

What is written here is a row of the transaction that caused it, so a mail is
certain exactly when that is. It is sent after the commit, and kept until it was
sent: whatever the server or the process does, no mail is lost. One that the
server took in the moment in which we died is sent a second time.
"""

import logging
import smtplib
import traceback
from functools import partial

from django.db import transaction
from django.tasks import task

from comments.mail import messages
from comments.models import PendingMail, WrittenMail

logger = logging.getLogger(__name__)

# How many mails one tick sends before it goes on with its other jobs.
MAILS_A_TICK = 100

# Each makes the mail, or returns None when it is not wanted any more.
LETTERS = {
    PendingMail.Kind.CONFIRM: messages.confirmation,
    PendingMail.Kind.REPLY: messages.news_of_a_reply,
    PendingMail.Kind.DATA: messages.way_to_the_data,
}

# What became of a mail that could be sent.
SENT = "sent"
NOT_WANTED = "not wanted any more"
TAKEN = "taken by another process"


class CouldNotSend(Exception):
    """What stood in the way, in words without an address: what a mail server says may hold one."""

    def __init__(self, error):
        super().__init__(_in_words(error))
        refused = (
            smtplib.SMTPRecipientsRefused,
            smtplib.SMTPSenderRefused,
            smtplib.SMTPDataError,
        )
        # It was the server that failed, and not this one mail.
        self.is_for_all = isinstance(error, OSError) and not isinstance(error, refused)


def write(kind, mailbox, *, comment=None, reply=None, network="", at_once=True):
    """
    Make it certain that the mail is sent, as soon as the transaction is committed.

    Belongs into the transaction that causes the mail. `network` is the hash of
    the network from which somebody asked for it, for `mail_limits` to count. Not
    `at_once`: by the next tick, so that nobody can tell by the clock whether
    there was a mail to send.
    """
    mail = PendingMail.objects.create(
        kind=kind, mailbox=mailbox, comment=comment, reply=reply
    )
    WrittenMail.objects.create(kind=kind, mailbox=mailbox, network=network)
    if at_once:
        # Robust: what caused the mail is stored, whatever becomes of the sending.
        transaction.on_commit(partial(sending.enqueue, mail.pk), robust=True)
    return mail


@task
def sending(pk):
    """Send one mail; where there is a worker it does this, and comes back to what failed."""
    mail = PendingMail.objects.due().filter(pk=pk).first()
    if mail is None:
        return
    try:
        send(mail)
    except CouldNotSend:
        _come_back_to(mail)


def send_due():
    """Send the mails to readers that should be sent now."""
    send_queue(PendingMail.objects.due(), send)


def send_queue(mails, send):
    """
    Call `send` for the first MAILS_A_TICK of these queued mails.

    A mail server that cannot be reached is not asked again in this round.
    """
    for mail in mails[:MAILS_A_TICK]:
        try:
            send(mail)
        except CouldNotSend as failure:
            if failure.is_for_all:
                return


def send(mail):
    """Send a mail to a reader; see `deliver`."""

    def letter():
        # Read at the last moment: what has been withdrawn or stopped is not mailed.
        return LETTERS[mail.kind](PendingMail.objects.with_words().get(pk=mail.pk))

    return deliver(mail, letter)


def deliver(mail, make_letter):
    """
    Send a queued mail that nobody else is sending, and delete its row; returns what became of it.

    `mail` is a QueuedMail; `make_letter` returns its EmailMessage, or None when it is
    not wanted any more. Raises CouldNotSend; that is logged, and the mail is tried
    again later, for a week.
    """
    if not type(mail).objects.claim(mail):
        return TAKEN
    try:
        letter = make_letter()
        if letter is not None:
            letter.send()
    except Exception as error:
        failure = CouldNotSend(error)
        _keep(mail, failure)
        raise failure from None
    mail.delete()
    return NOT_WANTED if letter is None else SENT


def _keep(mail, failure):
    what = f"Mail {mail.pk} ({mail.kind}) could not be sent: {failure}."
    if mail.is_given_up:
        logger.error("%s It was tried for a week and is given up.", what)
        mail.delete()
    else:
        logger.warning("%s It is tried again.", what)
        mail.try_later()


def _come_back_to(mail):
    if sending.get_backend().supports_defer and mail.pk is not None:
        sending.using(run_after=mail.next_try_at).enqueue(mail.pk)


def _in_words(error):
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = ", ".join(str(code) for code, _ in error.recipients.values())
    words = f"{type(error).__name__} {code or ''}".rstrip()
    if isinstance(error, OSError):
        return words
    # A mistake of ours; the frames tell where, and quote nothing that was written.
    return f"{words}\n{''.join(traceback.format_tb(error.__traceback__))}".rstrip()
