"""
The security log: sign-ins, failures, refusals and changes of accounts (ASVS 5.0, 16.3).

Each event is a row that the admin shows to superusers, and a line of the log for
whoever collects logs elsewhere. Neither holds a password, a token or an IP address.
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
    Write down an event that concerns the safety of an account, and return it.

    `kind` is a SecurityEvent.Kind. `request` says which network it came from. `user`
    is the account concerned; `name` stands for it where there is no account, and must
    never be what somebody typed: people type passwords into the wrong field. `detail`
    is one sentence or an address, of which private links are masked. `tell`: the owner
    of the account gets a mail about it.
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
    """Write a line of the log, and no row: for what concerns no account, and may come in any number."""
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
