"""
Who needs a second factor beside the password, and what a session must have shown.

The setting STAFF_SECOND_FACTOR says whether second factors are `off` (nobody is
asked), `offered` (whoever has one is asked) or `required`: then whoever has none
adds one when signing in, from the day STAFF_SECOND_FACTOR_FROM on.
"""

import time

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef
from django.utils import timezone

from newsroom.models import AuthenticatorApp, Passkey

# In a session: what was shown beside the password.
PROVEN_BY = "second_factor"
# In a session: when its owner last signed in or confirmed to be there, in seconds since 1970.
CONFIRMED_AT = "confirmed_at"
# How long that lets keys, passwords, roles and users be changed.
FRESH_SECONDS = 15 * 60


def is_on():
    return settings.STAFF_SECOND_FACTOR != "off"


def is_required():
    """Whether members of the staff need a second factor today."""
    first_day = settings.STAFF_SECOND_FACTOR_FROM
    return settings.STAFF_SECOND_FACTOR == "required" and (
        first_day is None or timezone.localdate() >= first_day
    )


def will_be_required_from():
    """The day from which it will be required; None when it is already, or is not to be."""
    if settings.STAFF_SECOND_FACTOR != "required" or is_required():
        return None
    return settings.STAFF_SECOND_FACTOR_FROM


def accounts():
    """All accounts, which know as `has_second_factor` whether they have a passkey or an app."""
    of_account = {"user": OuterRef("pk")}
    return get_user_model()._default_manager.annotate(
        has_second_factor=Exists(Passkey.objects.filter(**of_account))
        | Exists(AuthenticatorApp.objects.filter(**of_account))
    )


def has_one(user):
    """Whether the account has a passkey or an authenticator app."""
    if not hasattr(user, "has_second_factor"):
        user.has_second_factor = (
            accounts().filter(pk=user.pk, has_second_factor=True).exists()
        )
    return user.has_second_factor


def must_show(user):
    """Whether a password alone does not sign this account in, for it has a second factor."""
    return is_on() and has_one(user)


def must_add(user):
    """Whether the account has to add a second factor before anything else."""
    return is_required() and user.is_staff and not has_one(user)


def is_complete(session, user):
    """Whether this session has shown everything that signing in to this account takes."""
    if PROVEN_BY in session or not is_on():
        return True
    return not (must_show(user) or must_add(user))


def is_fresh(session):
    """Whether whoever uses the session signed in, or confirmed to be there, within 15 minutes."""
    age = time.time() - session.get(CONFIRMED_AT, 0)
    return 0 <= age < FRESH_SECONDS


def deciding_by_mail(accounts_asked):
    """Of these accounts, those that may decide by a mailed link: it asks for no second factor, so none that has one."""
    if settings.STAFF_SECOND_FACTOR == "required":
        return accounts_asked.none()
    if not is_on():
        return accounts_asked
    return accounts_asked.exclude(pk__in=Passkey.objects.values("user")).exclude(
        pk__in=AuthenticatorApp.objects.values("user")
    )
