"""The background jobs that `tick` runs."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.batches import delete_in_batches
from articles.images.background import draw_left_out
from articles.images.library import make_addresses_secret
from articles.models import CorrectionRequest, Unsaved
from articles.publishing.actions import DueChangesFailed, publish_due_changes
from comments.mail.moderator_digest import mail_moderators
from comments.mail.outbox import send_due
from comments.mail.reply_notifications import announce_new
from comments.models import NetworkKey, WrittenMail
from comments.privacy.retention import forget_networks, forget_unconfirmed_addresses
from newsroom.accounts import account_mail
from newsroom.backup.errors import BackupError
from newsroom.backup.schedule import back_up_when_due
from newsroom.clock import Reading
from newsroom.models import FailedSignIn, SecurityEvent, StaffSession, Ticking

logger = logging.getLogger(__name__)

# Finished tasks of the worker are kept for this many days, for debugging.
DAYS_OF_TASKS = 7


def forget_done_tasks():
    # Only there with the setting WORKER.
    from django_tasks_db.models import DBTaskResult

    old = timezone.now() - timedelta(days=DAYS_OF_TASKS)
    return delete_in_batches(
        DBTaskResult.objects.finished().filter(finished_at__lte=old)
    )


# These jobs delete what has an end, in bounded batches. They run only while the clock of the
# machine can be trusted: see newsroom.clock.
FORGETTING = [
    WrittenMail.objects.forget_old,
    NetworkKey.objects.forget_old,
    CorrectionRequest.objects.forget_networks,
    FailedSignIn.objects.forget_old,
    SecurityEvent.objects.forget_old,
    StaffSession.objects.forget_old,
    Unsaved.objects.forget_old,
    forget_networks,
    forget_unconfirmed_addresses,
]
if settings.WORKER:
    FORGETTING.append(forget_done_tasks)

# These jobs return whether the mail server works. If one finds that it does not, a tick leaves
# out the others, so that a server that hangs holds up a tick only once.
MAILING = [account_mail.send_due_account_mail, mail_moderators, send_due]

# Everything that happens because time has passed. A job may run at any time, on several
# machines, and repeatedly: the second time there is nothing left to do.
JOBS: list[Callable[[], object]] = [
    publish_due_changes,
    announce_new,
    *MAILING,
    make_addresses_secret,
    *FORGETTING,
    back_up_when_due,
    # Last, because it may take ten seconds.
    draw_left_out,
]

# These jobs read all known addresses or networks for what expires after 30 days, so a tick
# every few seconds skips them most of the time.
ONCE_AN_HOUR = [forget_networks, forget_unconfirmed_addresses]


# The desk warns when no tick has run for this long; the server ticks every ten seconds.
LATE_AFTER = timedelta(minutes=2)

# The name of each job at the desk.
_WORDS = {
    publish_due_changes: _("Publish scheduled changes of articles"),
    mail_moderators: _("Email moderators about waiting comments"),
    announce_new: _("Email readers about replies"),
    send_due: _("Send emails to readers"),
    account_mail.send_due_account_mail: _("Send emails to staff about their accounts"),
    WrittenMail.objects.forget_old: _("Delete sent emails"),
    NetworkKey.objects.forget_old: _("Delete old network keys"),
    CorrectionRequest.objects.forget_networks: _(
        "Delete networks of correction requests"
    ),
    FailedSignIn.objects.forget_old: _("Delete failed sign-ins"),
    SecurityEvent.objects.forget_old: _("Delete old entries of the security log"),
    StaffSession.objects.forget_old: _("Delete ended sessions"),
    Unsaved.objects.forget_old: _("Delete unsaved text after a year"),
    make_addresses_secret: _("Move old images to secret addresses"),
    draw_left_out: _("Create missing sizes of new pictures"),
    forget_networks: _("Delete networks of comments"),
    forget_unconfirmed_addresses: _("Delete unconfirmed email addresses"),
    back_up_when_due: _("Make the daily backup if BACKUP_DIR is set"),
    forget_done_tasks: _("Delete finished tasks of the worker"),
}


def tick(*, thoroughly=True) -> list[str]:
    """
    Run every job once, whether or not others fail. Returns the names of the failed jobs.

    Unless `thoroughly`, the jobs in ONCE_AN_HOUR are skipped. The results are stored for the
    desk.
    """
    left_out = [] if thoroughly else list(ONCE_AN_HOUR)
    if not _clock_is_steady():
        left_out += FORGETTING
    outcomes = {}
    for job in JOBS:
        if job in left_out:
            continue
        outcomes[name_of_job(job)], result = _run_job(job)
        if job in MAILING and result is False:
            left_out += MAILING
    _store_results(outcomes)
    return [name for name, error in outcomes.items() if error]


def _clock_is_steady():
    try:
        return Ticking.objects.clock_is_steady(Reading.now())
    except Exception:
        logger.exception("The clock could not be compared, so nothing is forgotten.")
        return False


def name_of_job(job):
    return f"{job.__module__}.{job.__qualname__}"


def words_for(job):
    """The name of the job at the desk."""
    return str(_WORDS.get(job, name_of_job(job)))


def _run_job(job):
    """Run the job. Returns the error as the desk may show it, or "", and what it returned."""
    try:
        result = job()
    except Exception as error:
        logger.exception("%s failed; the next tick tries again.", name_of_job(job))
        # Of other errors only the type: their messages may hold addresses or passwords.
        own = isinstance(error, (DueChangesFailed, BackupError))
        return (str(error) if own else type(error).__name__), None
    return "", result


def _store_results(outcomes):
    try:
        Ticking.objects.store_results(outcomes, at=timezone.now())
    except Exception:
        # The jobs matter more than the record of their results.
        logger.exception("The results of the jobs could not be stored.")
