"""The side effects that have a time: what `tick` does, each on its own."""

import logging
from collections.abc import Callable

from comments.forgetting import forget_networks, forget_unconfirmed_addresses
from comments.models import NetworkKey, WrittenMail
from comments.notifications import tell_moderators
from comments.outbox import send_due
from newsroom.models import FailedSignIn

logger = logging.getLogger(__name__)

# Everything that happens because time has passed. Each may run at any moment, on
# several machines, and again: the second time there is nothing left to do.
JOBS: list[Callable[[], object]] = [
    tell_moderators,
    send_due,
    WrittenMail.objects.forget_old,
    NetworkKey.objects.forget_old,
    FailedSignIn.objects.forget_old,
    forget_networks,
    forget_unconfirmed_addresses,
]

# Those that look at all addresses or networks we know, for what is over after 30 days:
# who ticks every few seconds need not do them each time.
ONCE_AN_HOUR = [forget_networks, forget_unconfirmed_addresses]


def tick(*, thoroughly=True) -> list[str]:
    """
    Do every job once, whatever becomes of the others; the names of those that failed.

    Not thoroughly: without those for which once an hour is enough.
    """
    jobs = [job for job in JOBS if thoroughly or job not in ONCE_AN_HOUR]
    return [_name(job) for job in jobs if not _done(job)]


def _done(job):
    try:
        job()
    except Exception:
        logger.exception("%s failed; the next tick tries again.", _name(job))
        return False
    return True


def _name(job):
    return f"{job.__module__}.{job.__qualname__}"
