"""
How often a wrong password may be tried, and a new one asked for.

Tries are counted in the database, so that the limits hold over all processes. A
name is counted as it was typed, whether there is such an account or not: the
answers tell nobody which accounts exist.

A browser in which an account has signed in before carries a signed cookie and
has a count of its own (OWASP: "Slow Down Online Guessing Attacks with Device
Cookies"). Whoever guesses passwords from elsewhere can therefore never lock the
owner out of that browser.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone
from django.utils.crypto import salted_hmac

from comments.networks import recent_hashes
from newsroom.models import FailedSignIn

BROWSER_KNOWN_FOR = timedelta(days=180)
# In characters: no user name and no address is longer.
LONGEST_NAME = 254
# Where the cookie is sent: no page for readers needs it.
BROWSER_COOKIE_PATH = "/admin/"


@dataclass(frozen=True)
class Limit:
    """At most `count` tries within `period`."""

    count: int
    period: timedelta


@dataclass(frozen=True)
class Limits:
    """
    The limits for one kind of try.

    `by_name_and_network` and `by_network` stop whoever guesses from one place.
    `by_name` stops a guess that comes from many places at once; it is the only one
    that strangers can fill for somebody else. None of these holds for a browser in
    which the account has signed in before: that has `by_browser`.
    """

    purpose: str
    by_name_and_network: Limit
    by_network: Limit
    by_name: Limit
    by_browser: Limit


_TEN_IN_TEN_MINUTES = Limit(10, timedelta(minutes=10))
_THREE_AN_HOUR = Limit(3, timedelta(hours=1))

WRONG_PASSWORDS = Limits(
    "sign-in",
    by_name_and_network=_TEN_IN_TEN_MINUTES,
    by_network=_TEN_IN_TEN_MINUTES,
    by_name=Limit(30, timedelta(hours=1)),
    by_browser=_TEN_IN_TEN_MINUTES,
)
RESET_MAILS = Limits(
    "password reset",
    by_name_and_network=_THREE_AN_HOUR,
    by_network=Limit(10, timedelta(hours=1)),
    by_name=Limit(10, timedelta(hours=1)),
    by_browser=_THREE_AN_HOUR,
)


class Try:
    """
    One try that is being counted.

    `wait` is the number of seconds until it may be made, 0 when that is now.
    `fills_limit` is true for the last try that a limit for the name allows.
    """

    def __init__(self, attempt, wait, fills_limit):
        self._attempt = attempt
        self.wait = wait
        self.fills_limit = fills_limit

    def succeeded(self):
        """Stop counting this try. Earlier failures still count."""
        self._attempt.delete()


def count_try(request, limits, name):
    """
    Count a try for the account with this name, and return it as a Try.

    It is written down before the others are counted: of two that come at the
    same moment, at least one sees the other. One that has to wait is not counted.
    """
    account = _key(limits, _folded(name))
    networks = [_key(limits, network) for network in recent_hashes(request)]
    browser = _browser_key(request, limits, name)
    attempt = FailedSignIn.objects.create(
        account=account, network=networks[0] if networks else "", browser=browser
    )
    tries = FailedSignIn.objects.exclude(pk=attempt.pk)
    if browser:
        piles = [(tries.filter(browser=browser), limits.by_browser)]
    else:
        # A browser that is known has a count of its own, also from this network.
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
    return Try(attempt, wait, fills_limit)


def remember_browser(response, user):
    """Let this browser keep its own count for the account, from now on for BROWSER_KNOWN_FOR."""
    value = _signer().sign_object(
        {"name": _folded(user.get_username()), "id": secrets.token_hex(16)}
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
    """The random id of this browser if it is known for the name, else an empty string."""
    try:
        known = _signer().unsign_object(
            request.COOKIES.get(settings.BROWSER_COOKIE_NAME, ""),
            max_age=BROWSER_KNOWN_FOR,
        )
    except (BadSignature, ValueError):
        return ""
    return known["id"] if known["name"] == _folded(name) else ""


def _browser_key(request, limits, name):
    browser_id = _browser_id(request, name)
    return _key(limits, browser_id) if browser_id else ""


def _signer():
    return TimestampSigner(salt="newsroom.sign_in.browser")


def _seconds_to_wait(tries, limit):
    """Seconds until the oldest of the tries that fill the limit no longer counts; 0 when one more fits."""
    times = _recent(tries, limit).order_by("-at").values_list("at", flat=True)
    oldest = times[limit.count - 1 : limit.count].first()
    if oldest is None:
        return 0
    return max(1, ceil((oldest + limit.period - timezone.now()).total_seconds()))


def _recent(tries, limit):
    return tries.filter(at__gt=timezone.now() - limit.period)


def _folded(name):
    # Normalising a long row of combining marks takes the square of its length.
    name = name[:LONGEST_NAME]
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _key(limits, text):
    return salted_hmac(
        f"newsroom.signin.{limits.purpose}", text, algorithm="sha256"
    ).hexdigest()
