"""
The outbox: mails between the transaction that causes them and the mail server.

A mail is a row of the transaction that causes it, so both are committed or neither is. It
is sent by `tick`, or by the worker if there is one, never inside a request: a mail server
that hangs makes nobody wait. The row is kept until then, so no mail is lost when the server
or the process fails. A mail that the server accepted just before the process died is sent
twice.
"""

import logging
import smtplib
import traceback
from time import monotonic

from django.tasks import task
from django.utils import translation

from articles.core.after_commit import let_worker_run
from articles.core.interface_languages import language_of_readers
from comments.mail import messages
from comments.models import PendingMail, WrittenMail

logger = logging.getLogger(__name__)

# The most mails of one kind that a tick sends before its other jobs, and the most seconds
# after which it begins no further one.
MAILS_A_TICK = 100
SECONDS_A_TICK = 5

# Each function returns the EmailMessage, or None if the mail is not wanted any more.
LETTERS = {
    PendingMail.Kind.CONFIRM: messages.confirmation,
    PendingMail.Kind.REPLY: messages.news_of_a_reply,
    PendingMail.Kind.DATA: messages.way_to_the_data,
}

# The results of `deliver`.
SENT = "sent"
NOT_WANTED = "no longer wanted"
TAKEN = "taken by another process"


class CouldNotSend(Exception):
    """
    A mail could not be sent.

    The message contains no address, because answers of mail servers may. `is_for_all` says
    whether the server failed, and not only this mail.
    """

    def __init__(self, error):
        super().__init__(_in_words(error))
        refused = (
            smtplib.SMTPRecipientsRefused,
            smtplib.SMTPSenderRefused,
            smtplib.SMTPDataError,
        )
        self.is_for_all = isinstance(error, OSError) and not isinstance(error, refused)


def write(kind, mailbox, *, comment=None, reply=None, network="", at_once=True):
    """
    Put a mail to a reader into the outbox; it is sent within seconds after the commit.

    Call it in the transaction that causes the mail. `kind` is a PendingMail.Kind. `network`
    is the hash of the network that asked for the mail, counted by `mail.throttling`. Without
    `at_once` the next tick sends the mail even if there is a worker, so that the response
    time does not show whether there is one.
    """
    mail = PendingMail.objects.create(
        kind=kind, mailbox=mailbox, comment=comment, reply=reply
    )
    WrittenMail.objects.create(kind=kind, mailbox=mailbox, network=network)
    if at_once:
        let_worker_run(sending, mail.pk)
    return mail


@task
def sending(pk):
    """Task: send one mail, and enqueue itself again for a retry where the backend can defer."""
    mail = PendingMail.objects.due().filter(pk=pk).first()
    if mail is None:
        return
    try:
        send(mail)
    except CouldNotSend:
        _enqueue_retry(mail)


def send_due():
    """Send the mails to readers that are due; return whether the mail server works."""
    return send_queue(PendingMail.objects.due(), send)


def send_queue(mails, send):
    """
    Call `send` for the first MAILS_A_TICK of these queued mails, for SECONDS_A_TICK.

    Stops when the mail server itself fails. Returns whether it works.
    """
    until = monotonic() + SECONDS_A_TICK
    for mail in mails[:MAILS_A_TICK]:
        try:
            send(mail)
        except CouldNotSend as failure:
            if failure.is_for_all:
                return False
        if monotonic() > until:
            break
    return True


def send(mail):
    """Send a mail to a reader; see `deliver`."""

    def letter():
        # Loaded at the last moment: withdrawn comments and stopped mails are not sent.
        loaded = PendingMail.objects.with_words().get(pk=mail.pk)
        with translation.override(language_of_readers()):
            return LETTERS[mail.kind](loaded)

    return deliver(mail, letter)


def deliver(mail, make_letter):
    """
    Claim a queued mail, send it and delete its row; return SENT, NOT_WANTED or TAKEN.

    `mail` is a QueuedMail; `make_letter` returns its EmailMessage, or None if it is not
    wanted any more. Raises CouldNotSend after logging it; the mail is tried again for a week.
    """
    if not type(mail).objects.claim(mail):
        return TAKEN
    try:
        letter = make_letter()
        if letter is not None:
            letter.send()
    except Exception as error:
        failure = CouldNotSend(error)
        _schedule_retry(mail, failure)
        raise failure from None
    mail.delete()
    return NOT_WANTED if letter is None else SENT


def _schedule_retry(mail, failure):
    what = f"Mail {mail.pk} ({mail.kind}) could not be sent: {failure}."
    if mail.is_given_up:
        logger.error("%s After a week of attempts, it was given up.", what)
        mail.delete()
    else:
        logger.warning("%s It will be tried again.", what)
        mail.try_later()


def _enqueue_retry(mail):
    if sending.get_backend().supports_defer and mail.pk is not None:
        sending.using(run_after=mail.next_try_at).enqueue(mail.pk)


def _in_words(error):
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = ", ".join(str(code) for code, _answer in error.recipients.values())
    words = f"{type(error).__name__} {code or ''}".rstrip()
    if isinstance(error, OSError):
        return words
    # A fault in our code. The frames say where, and quote nothing that anybody wrote.
    return f"{words}\n{''.join(traceback.format_tb(error.__traceback__))}".rstrip()
