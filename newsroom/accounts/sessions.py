"""The sessions of an account, and what signing in writes into a session."""

import re
import time

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from newsroom.accounts.second_factor import CONFIRMED_AT
from newsroom.accounts.session_store import AGENT, SIGNED_IN_AT
from newsroom.models import StaffSession


def note_sign_in(sender, request, user, **kwargs):
    """Store time and browser in the new session. A receiver of Django's `user_logged_in`."""
    now = int(time.time())
    request.session[SIGNED_IN_AT] = request.session[CONFIRMED_AT] = now
    length = StaffSession._meta.get_field("agent").max_length
    request.session[AGENT] = request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[
        :length
    ]


def is_too_old(session):
    """Whether the sign-in is so long ago that the owner has to sign in again."""
    return time.time() - session.get(SIGNED_IN_AT, 0) >= settings.SESSION_COOKIE_AGE


def sessions_of(user, current_key):
    """
    The sessions in which the user is signed in, as their owner sees them.

    Sessions that began under an earlier password are over and left out.
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
    """End the user's session with this public id. Returns whether it existed."""
    for session in StaffSession.objects.of(user):
        if public_id(session) == session_id:
            session.delete()
            return True
    return False


def end_sessions(user, *, except_key=None):
    """End every session of the user except the one with this key. Returns their number."""
    sessions = StaffSession.objects.of(user)
    return sessions.exclude(session_key=except_key or "").delete()[0]


def public_id(session):
    """An identifier of the session that may appear in a page; its key would grant access."""
    return salted_hmac(
        "newsroom.accounts.sessions", session.session_key, algorithm="sha256"
    ).hexdigest()[:32]


# The order matters: most browsers also name those that they descend from.
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
    """The browser and system that a person recognises, such as “Firefox on Windows”."""
    browser = _first(_BROWSERS, agent) or _("Unknown browser")
    system = _first(_SYSTEMS, agent)
    return (
        _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
        if system
        else browser
    )


def _first(names, agent):
    for mark, name in names:
        if re.search(rf"\b{re.escape(mark)}", agent):
            return name
    return ""
