"""
The security log: sign-ins, failures, refusals and changes of accounts (ASVS 5.0, 16.3).

Each event is a row, which the admin shows to superusers, and a log line for collectors of logs.
Neither holds a password, a token or an IP address.
"""

import logging

from django.db import transaction

from comments.security.networks import recent_hashes
from newsroom.accounts import account_mail
from newsroom.logs import masked
from newsroom.models import SecurityEvent

logger = logging.getLogger(__name__)

LONGEST_DETAIL = 1_000


def record(kind, *, request=None, user=None, name="", detail="", tell=False):
    """
    Record an event that concerns the security of an account, and return it.

    `kind` is a SecurityEvent.Kind. `request` supplies the network. `user` is the account
    concerned; `name` replaces it where there is no account, and must never be typed text:
    people type passwords into the wrong field. `detail` is one sentence or an address;
    secret links in it are masked. `tell` mails the event to the owner of the account.
    """
    event = SecurityEvent(
        kind=kind,
        user=user,
        name=user.get_username() if user else name,
        network=_network_of(request),
        detail=masked(detail)[:LONGEST_DETAIL],
    )
    with transaction.atomic():
        event.save()
        if tell:
            account_mail.notify(event)
    _write_line(event)
    return event


def log_line(kind, *, request, detail=""):
    """Write a log line without a row, for unlimited events that concern no account."""
    _write_line(
        SecurityEvent(kind=kind, network=_network_of(request), detail=masked(detail))
    )


def _network_of(request):
    return next(iter(recent_hashes(request)), "") if request else ""


def _write_line(event):
    logger.info(
        "%s account=%s network=%s %s",
        event.kind,
        event.name or "-",
        event.network_label or "-",
        event.detail,
    )
