"""
How often a wrong password may be tried, and a new one requested.

Attempts are counted in the database, so that the limits hold for all processes together. A name
is counted as it was typed, whether or not the account exists: the answers do not reveal it.

A browser in which an account has signed in before carries a signed cookie and has its own count
(OWASP: "Slow Down Online Guessing Attacks with Device Cookies"). So nobody who guesses passwords
elsewhere can lock the owner out of that browser.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone
from django.utils.crypto import salted_hmac

from articles.core.text.normalisation import caseless_name
from comments.security.networks import recent_hashes
from newsroom.models import FailedSignIn

BROWSER_KNOWN_FOR = timedelta(days=180)
# The path of the cookie: readers' pages do not need it.
BROWSER_COOKIE_PATH = "/admin/"


@dataclass(frozen=True)
class AttemptLimit:
    """At most `count` tries within `period`."""

    count: int
    period: timedelta


@dataclass(frozen=True)
class AttemptLimits:
    """
    The limits for one kind of attempt.

    `by_name_and_network` and `by_network` stop guessing from one place. `by_name` stops
    guessing from many places at once; it is the only limit that strangers can use up for
    somebody else. None of these holds for a browser in which the account has signed in
    before: that has `by_browser`.
    """

    purpose: str
    by_name_and_network: AttemptLimit
    by_network: AttemptLimit
    by_name: AttemptLimit
    by_browser: AttemptLimit


_TEN_IN_TEN_MINUTES = AttemptLimit(10, timedelta(minutes=10))
_THREE_AN_HOUR = AttemptLimit(3, timedelta(hours=1))

WRONG_PASSWORDS = AttemptLimits(
    "sign-in",
    by_name_and_network=_TEN_IN_TEN_MINUTES,
    by_network=_TEN_IN_TEN_MINUTES,
    by_name=AttemptLimit(30, timedelta(hours=1)),
    by_browser=_TEN_IN_TEN_MINUTES,
)
RESET_MAILS = AttemptLimits(
    "password reset",
    by_name_and_network=_THREE_AN_HOUR,
    by_network=AttemptLimit(10, timedelta(hours=1)),
    by_name=AttemptLimit(10, timedelta(hours=1)),
    by_browser=_THREE_AN_HOUR,
)


class CountedAttempt:
    """
    One attempt that is being counted.

    `wait` is the number of seconds until it is allowed; 0 means now. `fills_limit` is true
    for the last attempt that a limit by name allows.
    """

    def __init__(self, attempt, wait, fills_limit):
        self._attempt = attempt
        self.wait = wait
        self.fills_limit = fills_limit

    def succeeded(self):
        """Stop counting this attempt. Earlier failures still count."""
        self._attempt.delete()


def count_attempt(request, limits, name):
    """
    Count an attempt for the account with this name, and return it as a CountedAttempt.

    It is stored before the others are counted, so that of two simultaneous attempts at
    least one sees the other. An attempt that has to wait is not counted.
    """
    account = _key(limits, caseless_name(name))
    networks = [_key(limits, network) for network in recent_hashes(request)]
    browser = _browser_key(request, limits, name)
    attempt = FailedSignIn.objects.create(
        account=account, network=networks[0] if networks else "", browser=browser
    )
    tries = FailedSignIn.objects.exclude(pk=attempt.pk)
    if browser:
        piles = [(tries.filter(browser=browser), limits.by_browser)]
    else:
        # A known browser has its own count, also within this network.
        by_network = tries.filter(network__in=networks, browser="")
        by_name = tries.filter(account=account, browser="")
        piles = [
            (by_network.filter(account=account), limits.by_name_and_network),
            (by_name, limits.by_name),
            (by_network, limits.by_network),
        ]
    waits = [_seconds_to_wait(pile, limit) for pile, limit in piles]
    wait = max(waits)
    if wait:
        attempt.delete()
    fills_limit = not wait and any(
        _recent(pile, limit).count() + 1 == limit.count for pile, limit in piles[:2]
    )
    return CountedAttempt(attempt, wait, fills_limit)


def remember_browser(response, user):
    """Give this browser its own count for the account, for BROWSER_KNOWN_FOR."""
    value = _signer().sign_object(
        {"name": caseless_name(user.get_username()), "id": secrets.token_hex(16)}
    )
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        value,
        max_age=BROWSER_KNOWN_FOR,
        path=BROWSER_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_known_browser(request, name):
    """Whether the account with this name has signed in from this browser."""
    return bool(_browser_id(request, name))


def _browser_id(request, name):
    """The random id of this browser if the account has signed in from it, else an empty string."""
    try:
        known = _signer().unsign_object(
            request.COOKIES.get(settings.BROWSER_COOKIE_NAME, ""),
            max_age=BROWSER_KNOWN_FOR,
        )
    except (BadSignature, ValueError):
        return ""
    return known["id"] if known["name"] == caseless_name(name) else ""


def _browser_key(request, limits, name):
    browser_id = _browser_id(request, name)
    return _key(limits, browser_id) if browser_id else ""


def _signer():
    return TimestampSigner(salt="newsroom.sign_in.browser")


def _seconds_to_wait(tries, limit):
    """Seconds until one more attempt fits the limit; 0 when it fits now."""
    times = _recent(tries, limit).order_by("-at").values_list("at", flat=True)
    oldest = times[limit.count - 1 : limit.count].first()
    if oldest is None:
        return 0
    return max(1, ceil((oldest + limit.period - timezone.now()).total_seconds()))


def _recent(tries, limit):
    return tries.filter(at__gt=timezone.now() - limit.period)


def _key(limits, text):
    return salted_hmac(
        f"newsroom.accounts.password_sign_in.{limits.purpose}", text, algorithm="sha256"
    ).hexdigest()
