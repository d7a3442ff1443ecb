"""
Session cookies that open no session are taken out of the request before anything looks at them.

So are, outside of the desk, those of a session in which nobody is signed in. Anybody gets
such a session by asking for the challenge of a passkey, and it must open nothing more.
"""

import re
import time
from collections import OrderedDict
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.http.cookie import parse_cookie
from django.utils import timezone

from newsroom.server import outages

# The keys that Django makes (SessionBase._get_new_session_key).
SESSION_KEY = re.compile(r"[a-z0-9]{32}")

# How many keys a process remembers, and for how many seconds. Django itself still looks up
# a session that ends meanwhile.
MOST_SESSIONS = 10_000
SECONDS_REMEMBERED = 60.0

# Where somebody who is not signed in yet needs a session: to sign in, or to choose a new
# password.
DESK = "/admin/"

# What is known of a key: it opens no session, one in which nobody is signed in, or one of
# somebody with an account.
NO_SESSION, OF_NOBODY, OF_ACCOUNT = range(3)


class KnownSessions:
    """
    WSGI middleware that passes on the session cookie only if the session exists.

    A cookie with an unknown, expired or malformed session is removed from the request:
    it gets what everybody without a session gets, from the page cache too. Outside of
    the desk the same holds for a session in which nobody is signed in. What is
    remembered is bounded, and a key that is not remembered costs one look-up by
    primary key. `clock` gives seconds that only grow.
    """

    def __init__(self, application, *, clock=time.monotonic):
        self._application = application
        self._clock = clock
        self._cookie = settings.SESSION_COOKIE_NAME
        self._remembered = OrderedDict()

    def __call__(self, environ, start_response):
        if self._is_named(environ) and self._is_useless(self._known(environ), environ):
            self._take_out(environ)
        return self._application(environ, start_response)

    def kept(self, environ):
        """The kept page; see PageCache.kept. None if the session exists or must be looked up."""
        if self._is_named(environ):
            key = self._key_in(environ)
            known = self._memory_of(key) if key else NO_SESSION
            if known is None or not self._is_useless(known, environ):
                return None
            self._take_out(environ)
        return self._application.kept(environ)

    def is_signed_in(self, environ: dict[str, Any]) -> bool:
        """Whether the request brings a session of somebody with an account. May ask the database."""
        return self._is_named(environ) and self._known(environ) == OF_ACCOUNT

    def _known(self, environ):
        key = self._key_in(environ)
        if key is None:
            return NO_SESSION
        known = self._memory_of(key)
        if known is None:
            try:
                known = look_up(key)
            except DatabaseError as error:
                if status := outages.status_for(error):
                    # Django answers at once, instead of waiting for the database again.
                    outages.note(error)
                    environ[outages.UNAVAILABLE] = status
                return OF_ACCOUNT
            self._remember(key, known)
        return known

    def _is_useless(self, known, environ):
        is_at_desk = environ["PATH_INFO"].startswith(DESK)
        return known == NO_SESSION or (known == OF_NOBODY and not is_at_desk)

    def _is_named(self, environ):
        # May also match a cookie with a longer name, which the next step sorts out.
        return self._cookie in environ.get("HTTP_COOKIE", "")

    def _key_in(self, environ):
        key = session_key_in(environ["HTTP_COOKIE"], self._cookie)
        return key if key and SESSION_KEY.fullmatch(key) else None

    def _memory_of(self, key):
        known, until = self._remembered.get(key, (None, 0.0))
        return known if self._clock() < until else None

    def _remember(self, key, known):
        self._remembered.pop(key, None)
        self._remembered[key] = known, self._clock() + SECONDS_REMEMBERED
        while len(self._remembered) > MOST_SESSIONS:
            try:
                self._remembered.popitem(last=False)
            except KeyError:
                break  # Other threads have just removed them.

    def _take_out(self, environ):
        others = without_cookie(environ["HTTP_COOKIE"], self._cookie)
        if others:
            environ["HTTP_COOKIE"] = others
        else:
            del environ["HTTP_COOKIE"]


def session_key_in(cookies: str, name: str) -> str | None:
    """The value of the session cookie, parsed as Django does; None without one."""
    return parse_cookie(cookies).get(name)


def without_cookie(cookies: str, name: str) -> str:
    """The Cookie header without the cookies of this name."""
    return ";".join(
        part for part in cookies.split(";") if part.partition("=")[0].strip() != name
    ).strip()


def look_up(key: str) -> int:
    """What the key opens, of NO_SESSION, OF_NOBODY and OF_ACCOUNT. Raises DatabaseError."""
    sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    lasting = sessions.objects.filter(pk=key, expire_date__gt=timezone.now())
    try:
        for user in lasting.values_list("user", flat=True):
            return OF_NOBODY if user is None else OF_ACCOUNT
        return NO_SESSION
    finally:
        # Outside a Django request, nothing else closes the connection.
        if not connection.in_atomic_block:
            close_old_connections()
