"""Throttles for the mails that strangers can cause: to one address, and from one network."""

from django.utils import timezone

from comments.models import PendingMail, WrittenMail
from comments.security.throttling import RateLimit, longest_wait

# For all addresses together. Unknown networks count as one.
FROM_A_NETWORK = [RateLimit.parse("5/h"), RateLimit.parse("20/d")]
TO_A_MAILBOX = {
    # For a confirmed mailbox. One that is not confirmed gets a single mail: Mailbox.ask.
    PendingMail.Kind.CONFIRM: [RateLimit.parse("2/h"), RateLimit.parse("5/d")],
    PendingMail.Kind.REPLY: [RateLimit.parse("30/d")],
    PendingMail.Kind.DATA: [RateLimit.parse("1/h"), RateLimit.parse("3/d")],
}


def allow(kind, mailbox):
    """Whether the mailbox may get one more mail of this kind."""
    return _has_room(TO_A_MAILBOX[kind], WrittenMail.objects.to(mailbox, kind))


def allow_network(networks):
    """
    Whether a network with these hashes may cause one more mail.

    Call `sender_locks.lock_sender` first, so that two requests at the same moment are
    counted one after the other.
    """
    return _has_room(FROM_A_NETWORK, WrittenMail.objects.asked_from(networks or [""]))


def _has_room(limits, written):
    now = timezone.now()
    since = now - max(limit.period for limit in limits)
    times = written.filter(at__gt=since).order_by("-at").values_list("at", flat=True)
    newest = list(times[: max(limit.count for limit in limits)])
    return not longest_wait(limits, newest, now)
