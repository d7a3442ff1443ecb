"""
Signing in, step by step: the password, the second factor, then the session.

Between the two steps nobody is signed in. The session only stores whose password was right, for
15 minutes, and only the pages of the second step read that.
"""

import time

from django.contrib.auth import login
from django.utils.crypto import constant_time_compare

from newsroom.accounts import second_factor, security_log
from newsroom.accounts.throttling import remember_browser
from newsroom.models import SecurityEvent

PENDING_SIGN_IN = "pending_sign_in"
PENDING_SECONDS = 15 * 60
# After this many wrong codes the password has to be typed again.
MOST_FAILURES = 5


def needs_second_step(user):
    """Whether the account needs more than the right password."""
    return second_factor.must_show(user) or second_factor.must_add(user)


def wait_for_second_step(request, user, *, next_address):
    """Remember whose password was right until the second factor is shown."""
    request.session.flush()
    request.session[PENDING_SIGN_IN] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": time.time(),
        "next": next_address,
        "failures": 0,
    }
    request.session.set_expiry(PENDING_SECONDS)


def pending_user(request):
    """The account whose password was right in this session within the last 15 minutes, or None."""
    pending = request.session.get(PENDING_SIGN_IN)
    if not pending or not 0 <= time.time() - pending["at"] < PENDING_SECONDS:
        return None
    staff = second_factor.accounts().filter(is_active=True, is_staff=True)
    user = staff.filter(pk=pending["user"]).first()
    if user is None:
        return None
    known = constant_time_compare(user.get_session_auth_hash(), pending["hash"])
    return user if known else None


def next_address(request):
    """The address that the user wanted before signing in."""
    return request.session.get(PENDING_SIGN_IN, {}).get("next", "")


def count_failure(request):
    """
    Count a wrong code. Returns how many there were since the password.

    After MOST_FAILURES the password has to be typed again.
    """
    pending = request.session[PENDING_SIGN_IN]
    pending["failures"] += 1
    if pending["failures"] >= MOST_FAILURES:
        request.session.flush()
    else:
        request.session[PENDING_SIGN_IN] = pending
    return pending["failures"]


def finish(request, response, user, *, proof="", detail=""):
    """
    Sign the account in with a new session, and remember this browser for the throttle.

    `proof` names the second factor that was shown; `detail` is a sentence for the log.
    """
    request.session.flush()
    login(request, user)
    if proof:
        request.session[second_factor.PROVEN_BY] = proof
    security_log.record(
        SecurityEvent.Kind.SIGNED_IN, request=request, user=user, detail=detail
    )
    remember_browser(response, user)
    return response
