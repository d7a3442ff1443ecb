"""Throttles for the mails that strangers can cause: to one address, and from one network."""

from django.utils import timezone

from comments.models import PendingMail, WrittenMail
from comments.security.throttling import Limit, longest_wait

# For all addresses together. Unknown networks count as one.
FROM_A_NETWORK = [Limit.parse("5/h"), Limit.parse("20/d")]
TO_A_MAILBOX = {
    # For a confirmed mailbox. One that is not confirmed gets a single mail: Mailbox.ask.
    PendingMail.Kind.CONFIRM: [Limit.parse("2/h"), Limit.parse("5/d")],
    PendingMail.Kind.REPLY: [Limit.parse("30/d")],
    PendingMail.Kind.DATA: [Limit.parse("1/h"), Limit.parse("3/d")],
}


def allow(kind, mailbox):
    """Whether the mailbox may get one more mail of this kind."""
    return _has_room(TO_A_MAILBOX[kind], WrittenMail.objects.to(mailbox, kind))


def allow_network(networks):
    """
    Whether a network with these hashes may cause one more mail.

    Call `sender_locks.hold_sender` first, so that two requests at the same moment are
    counted one after the other.
    """
    return _has_room(FROM_A_NETWORK, WrittenMail.objects.asked_from(networks or [""]))


def _has_room(limits, written):
    now = timezone.now()
    since = now - max(limit.period for limit in limits)
    times = written.filter(at__gt=since).order_by("-at").values_list("at", flat=True)
    newest = list(times[: max(limit.count for limit in limits)])
    return not longest_wait(limits, newest, now)
