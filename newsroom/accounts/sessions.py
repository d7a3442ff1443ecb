"""The sessions of an account, and what is written into one when somebody signs in."""

import re
import time

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.utils.crypto import salted_hmac

from newsroom.accounts.second_factor import CONFIRMED_AT
from newsroom.accounts.session_store import AGENT, SIGNED_IN_AT
from newsroom.models import StaffSession


def note_sign_in(sender, request, user, **kwargs):
    """Write into the session when and from which browser it began: a receiver of Django's `user_logged_in`."""
    now = int(time.time())
    request.session[SIGNED_IN_AT] = request.session[CONFIRMED_AT] = now
    length = StaffSession._meta.get_field("agent").max_length
    request.session[AGENT] = request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[
        :length
    ]


def is_too_old(session):
    """Whether its owner signed in so long ago that they have to do it again, however often it was used."""
    return time.time() - session.get(SIGNED_IN_AT, 0) >= settings.SESSION_COOKIE_AGE


def sessions_of(user, current_key):
    """
    The sessions in which the user is signed in, with what its owner is told of each.

    One that began under an earlier password has ended, wherever that was changed.
    """
    hashes = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    return [
        {
            "id": public_id(session),
            "browser": browser_name(session.agent),
            "started_at": session.started_at,
            "seen_at": session.seen_at,
            "is_current": session.session_key == current_key,
        }
        for session in StaffSession.objects.of(user)
        if session.get_decoded().get(HASH_SESSION_KEY) in hashes
    ]


def end_session(user, session_id):
    """End the session of the user with this public id; whether there was one."""
    for session in StaffSession.objects.of(user):
        if public_id(session) == session_id:
            session.delete()
            return True
    return False


def end_sessions(user, *, except_key=None):
    """End every session of the user but the one with this key; returns how many there were."""
    sessions = StaffSession.objects.of(user)
    return sessions.exclude(session_key=except_key or "").delete()[0]


def public_id(session):
    """A name of the session that may stand in a page: the key itself would let its reader in."""
    return salted_hmac(
        "newsroom.accounts.sessions", session.session_key, algorithm="sha256"
    ).hexdigest()[:32]


# In this order: most browsers also name those that they descend from.
_BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
_SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
]


def browser_name(agent: str) -> str:
    """Browser and system by which a person knows a session, such as “Firefox on Windows”."""
    browser = _first(_BROWSERS, agent) or "A browser"
    system = _first(_SYSTEMS, agent)
    return f"{browser} on {system}" if system else browser


def _first(names, agent):
    for mark, name in names:
        if re.search(rf"\b{re.escape(mark)}", agent):
            return name
    return ""
