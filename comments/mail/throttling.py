"""How many mails strangers can make us write: to one address, and from one network."""

from django.utils import timezone

from comments.models import PendingMail, WrittenMail
from comments.security.throttling import Limit, longest_wait

# Whether the network wrote to one address or to many. Networks that are not known
# count as one.
FROM_A_NETWORK = [Limit.parse("5/h"), Limit.parse("20/d")]
TO_A_MAILBOX = {
    # Of a mailbox that is confirmed. Before that there is one at all: Mailbox.ask.
    PendingMail.Kind.CONFIRM: [Limit.parse("2/h"), Limit.parse("5/d")],
    PendingMail.Kind.REPLY: [Limit.parse("30/d")],
    PendingMail.Kind.DATA: [Limit.parse("1/h"), Limit.parse("3/d")],
}


def allow(kind, mailbox):
    """Whether the mailbox gets one more mail of this kind."""
    return _fits(TO_A_MAILBOX[kind], WrittenMail.objects.to(mailbox, kind))


def allow_network(networks):
    """
    Whether a network that has these hashes may ask for one more mail.

    To be asked after `locks.hold_sender`: two that come at once are then
    counted one after the other.
    """
    return _fits(FROM_A_NETWORK, WrittenMail.objects.asked_from(networks or [""]))


def _fits(limits, written):
    now = timezone.now()
    since = now - max(limit.period for limit in limits)
    times = written.filter(at__gt=since).order_by("-at").values_list("at", flat=True)
    newest = list(times[: max(limit.count for limit in limits)])
    return not longest_wait(limits, newest, now)
