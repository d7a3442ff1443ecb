"""
Which accounts need a second factor, and whether a session has shown one.

The setting STAFF_SECOND_FACTOR is `off` (second factors are not used), `offered` (accounts that
have one must show it) or `required` (from the day STAFF_SECOND_FACTOR_FROM on, accounts without
one must add one when they sign in).
"""

import time

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from newsroom.models import AuthenticatorApp, Passkey

# Session key: which second factor was shown.
PROVEN_BY = "second_factor"
# Session key: the time of the last sign-in or confirmation, in seconds since 1970.
CONFIRMED_AT = "confirmed_at"
# How long after that keys, passwords, roles and users may be changed.
FRESH_SECONDS = 15 * 60


def is_on():
    return settings.STAFF_SECOND_FACTOR != "off"


def is_required():
    """Whether members of staff need a second factor today."""
    first_day = settings.STAFF_SECOND_FACTOR_FROM
    return settings.STAFF_SECOND_FACTOR == "required" and (
        first_day is None or timezone.localdate() >= first_day
    )


def will_be_required_from():
    """The day from which one will be required; None if it already is, or will not be."""
    if settings.STAFF_SECOND_FACTOR != "required" or is_required():
        return None
    return settings.STAFF_SECOND_FACTOR_FROM


def accounts():
    """
    All accounts, annotated with what each request at the desk needs.

    `has_second_factor`: whether they have a passkey or an app. `chosen_language`: the code of the
    language they chose for the desk, None or empty if they chose none.
    """
    of_account = {"user": OuterRef("pk")}
    return get_user_model()._default_manager.annotate(
        has_second_factor=Exists(Passkey.objects.filter(**of_account))
        | Exists(AuthenticatorApp.objects.filter(**of_account)),
        chosen_language=F("desk_preferences__language"),
    )


def has_one(user):
    """Whether the account has a passkey or an authenticator app."""
    if not hasattr(user, "has_second_factor"):
        user.has_second_factor = (
            accounts().filter(pk=user.pk, has_second_factor=True).exists()
        )
    return user.has_second_factor


def must_show(user):
    """Whether the account has a second factor, so that a password is not enough."""
    return is_on() and has_one(user)


def must_add(user):
    """Whether the account has to add a second factor before it can do anything else."""
    return is_required() and user.is_staff and not has_one(user)


def is_complete(session, user):
    """Whether this session has shown everything that signing in to this account requires."""
    if PROVEN_BY in session or not is_on():
        return True
    return not (must_show(user) or must_add(user))


def is_fresh(session):
    """Whether the user of the session signed in or confirmed within the last FRESH_SECONDS."""
    age = time.time() - session.get(CONFIRMED_AT, 0)
    return 0 <= age < FRESH_SECONDS


def deciding_by_mail(accounts_asked):
    """
    Those of the accounts that may decide by a one-click link.

    Such a link asks for no second factor, so accounts that have one are left out.
    """
    if settings.STAFF_SECOND_FACTOR == "required":
        return accounts_asked.none()
    if not is_on():
        return accounts_asked
    return accounts_asked.exclude(pk__in=Passkey.objects.values("user")).exclude(
        pk__in=AuthenticatorApp.objects.values("user")
    )
