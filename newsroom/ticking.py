"""The side effects that have a time: what `tick` does, each on its own."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command

from articles.desk import publish_due_changes
from articles.models import CorrectionRequest
from comments.announcements import announce_new
from comments.digest import tell_moderators
from comments.forgetting import forget_networks, forget_unconfirmed_addresses
from comments.models import NetworkKey, WrittenMail
from comments.outbox import send_due
from newsroom.models import FailedSignIn

logger = logging.getLogger(__name__)

# What the worker has done is kept for so many days, for whoever looks for a mistake.
DAYS_OF_TASKS = 7


def forget_done_tasks():
    call_command("prune_db_task_results", verbosity=0, min_age_days=DAYS_OF_TASKS)


# Everything that happens because time has passed. Each may run at any moment, on
# several machines, and again: the second time there is nothing left to do.
JOBS: list[Callable[[], object]] = [
    publish_due_changes,
    tell_moderators,
    announce_new,
    send_due,
    WrittenMail.objects.forget_old,
    NetworkKey.objects.forget_old,
    CorrectionRequest.objects.forget_networks,
    FailedSignIn.objects.forget_old,
    forget_networks,
    forget_unconfirmed_addresses,
]
if settings.WORKER:
    JOBS.append(forget_done_tasks)

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
