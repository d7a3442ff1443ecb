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

from comments import letters
from comments.models import PendingMail, WrittenMail

logger = logging.getLogger(__name__)

# How many mails one tick sends before it goes on with its other jobs.
MAILS_A_TICK = 100

# Each makes the mail, or returns None when it is not wanted any more.
LETTERS = {
    PendingMail.Kind.CONFIRM: letters.confirmation,
    PendingMail.Kind.REPLY: letters.news_of_a_reply,
    PendingMail.Kind.DATA: letters.way_to_the_data,
}


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
    """Send one mail; a worker does it where there is one."""
    if mail := PendingMail.objects.due().filter(pk=pk).first():
        send(mail)


def send_due():
    """Send what should be sent now. A server that cannot be reached is not asked again in this round."""
    for mail in PendingMail.objects.due()[:MAILS_A_TICK]:
        if is_unreachable(send(mail)):
            return


def send(mail):
    """
    Send a mail that nobody else is sending, and delete its row; what stood in the way, or None.

    A failure is logged and tried again later, for a week.
    """
    if not PendingMail.objects.claim(mail):
        return None
    try:
        letter = LETTERS[mail.kind](mail)
        if letter is not None:
            letter.send()
    except Exception as error:
        _failed(mail, error)
        return error
    PendingMail.objects.filter(pk=mail.pk).delete()
    return None


def is_unreachable(error):
    """Whether it was the server that failed, and not this one mail."""
    refused = (
        smtplib.SMTPRecipientsRefused,
        smtplib.SMTPSenderRefused,
        smtplib.SMTPDataError,
    )
    return isinstance(error, OSError) and not isinstance(error, refused)


def reason_of(error):
    """What stood in the way, without any address: what a mail server says may hold one."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = ", ".join(str(code) for code, _ in error.recipients.values())
    elif code is None:
        code = getattr(error, "errno", None)
    name = type(error).__name__
    return f"{name} {code}" if code else name


def _failed(mail, error):
    what = f"Mail {mail.pk} ({mail.kind}) could not be sent: {reason_of(error)}."
    if not isinstance(error, OSError):
        # A mistake of ours; the frames tell where, and quote nothing.
        what += "\n" + "".join(traceback.format_tb(error.__traceback__))
    if mail.is_given_up:
        logger.error("%s It was tried for a week and is given up.", what)
        PendingMail.objects.filter(pk=mail.pk).delete()
        return
    logger.warning("%s It is tried again.", what)
    mail.try_later()
