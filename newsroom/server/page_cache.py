"""
Public pages, kept whole for a moment and sent without Django.

Every process keeps a page for PAGE_CACHE_SECONDS and then renders it again, so that a decision at
the desk is on every reader's page within that time, without coordination between machines. While
one request renders a page again, the others get the old one until it is two lifetimes old; from
then on they wait for the new one.

A kept page may be sent to everyone: its view calls itself public
(`articles.core.http_cache.public_page`), and it is rendered from a request that holds nothing but
the address.
"""

import logging
import threading
import time
from dataclasses import replace

from django.conf import settings
from django.http.cookie import parse_cookie

from articles.core import departures
from newsroom.server.content_encodings import LONGEST_ACCEPT_ENCODING, encoding_for
from newsroom.server.exchanges import note_cache
from newsroom.server.kept_pages import (
    Page,
    Shelf,
    StalePage,
    ask,
    content_length,
    may_be_kept,
    ready_page,
)
from newsroom.server.outages import UNAVAILABLE
from newsroom.server.page_addresses import Address, public_address, spelt_address

# What Django answers while the database is down or a disk is full: the same to everybody.
OUTAGES = ("503 Service Unavailable", "507 Insufficient Storage")

logger = logging.getLogger(__name__)

# Memory for the pages of one process. Addresses that do not exist and query strings are
# endless, so they have a small memory of their own: trying them one after the other
# pushes out no page that others read.
PAGES_BYTES = 64 * 1024 * 1024
ENDLESS_BYTES = 8 * 1024 * 1024

# Seconds to wait for another request that renders the page before rendering it here.
PATIENCE = 10.0
# The same, if a kept page may stand in.
PATIENCE_WITH_PAGE = 2.0


class PageCache:
    """
    WSGI middleware that keeps public pages for everyone without a session.

    `clock` returns monotonic seconds; `patience` is how many of them a request waits for
    another one that renders its page.
    """

    def __init__(self, application, *, clock=time.monotonic, patience=PATIENCE):
        self._application = application
        self._clock = clock
        self._patience = patience
        self._seconds = settings.PAGE_CACHE_SECONDS
        self._stale_seconds = settings.STALE_SECONDS
        self._session_cookie = settings.SESSION_COOKIE_NAME
        self._pages = Shelf(PAGES_BYTES)
        self._endless = Shelf(ENDLESS_BYTES)
        self._renderings = {}
        # Held for a few look-ups, never while Django works.
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        # Nobody waits for a rendering only to hear that the database is down.
        is_known_to_fail = UNAVAILABLE in environ
        if is_known_to_fail or not self._is_for_everyone(environ):
            return self._application(environ, start_response)
        now = self._clock()
        # Nearly every request spells its address as the key does, so nothing is parsed.
        spelt = spelt_address(environ)
        page = self._find(spelt)
        if page is None or now - page.made >= self._seconds:
            address = public_address(environ)
            if address is None:
                return self._application(environ, start_response)
            page = self._page(address, environ, arrived=now)
        note_cache(environ, self._state_of(page, arrived=now))
        return page.send(environ, start_response)

    def kept(self, environ):
        """
        The kept page for this request if it can be sent at once; else None.

        Never waits or queries anything, so an event loop can call it.
        """
        if not self._is_for_everyone(environ):
            return None
        page, state = self._fresh(spelt_address(environ))
        if page is not None:
            note_cache(environ, state)
        return page

    def answer_at(self, address, accepted):
        """
        Status, lower-case headers, body and state (hit or stale) of the page kept at this Address.
        None without one.

        Like `kept`, for a GET with only the headers Host and Accept-Encoding. The returned
        headers are shared by all such answers and must not be changed.
        """
        if not self._seconds:
            return None
        page, state = self._fresh(address)
        if page is None:
            return None
        if len(accepted) > LONGEST_ACCEPT_ENCODING:
            accepted = ""
        return *page.answers[encoding_for(accepted)], state

    def stand_in(self, environ):
        """
        A StalePage for this request while Django fails or is late, whoever asks; None without one.

        Never waits or queries anything, so an event loop can call it.
        """
        if not self._seconds or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        address = public_address(environ)
        page = address and self._stale(address)
        if page:
            note_cache(environ, "stale")
        return page

    def _stale(self, address):
        """The kept page as a StalePage, if it may still be shown; else None."""
        page = self._find(address)
        # A page may have appeared where there was none.
        if page is None or page.status.startswith("404"):
            return None
        age = self._clock() - page.made
        if age >= self._stale_seconds:
            return None
        left = departures.after(page.departures)
        if left is None or any(address.path.startswith(path) for path in left):
            return None
        return None if page.names_any(left) else StalePage(page, age, self._seconds)

    def _fresh(self, spelt):
        """A page that can be sent at once, and its state; None if there is none."""
        page = self._find(spelt)
        if page is None:
            return None, ""
        age = self._clock() - page.made
        if age < self._seconds:
            return page, "hit"
        # Another request is rendering it again.
        if spelt in self._renderings and age < 2 * self._seconds:
            return page, "stale"
        return None, ""

    def _state_of(self, page, *, arrived):
        """How the cache answered: hit, stale (older than its lifetime) or miss."""
        if isinstance(page, StalePage):
            return "stale"
        # An Answer is for one reader. A page that was begun later was made for this request.
        if not isinstance(page, Page) or page.made >= arrived:
            return "miss"
        return "hit" if arrived - page.made < self._seconds else "stale"

    def _is_for_everyone(self, environ):
        if not self._seconds or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return False
        cookies = environ.get("HTTP_COOKIE", "")
        # Usually the name occurs nowhere in the cookies, and nothing is parsed.
        return self._session_cookie not in cookies or (
            self._session_cookie not in parse_cookie(cookies)
        )

    def _page(self, address, environ, *, arrived):
        """
        The page that is kept, that another request renders, or that is rendered here.

        Its age counts from the start of its rendering to the arrival of the request.
        """
        while True:
            with self._lock:
                page = self._find(address)
                if page and arrived - page.made < self._seconds:
                    return page
                rendering = self._renderings.get(address)
                if rendering is None:
                    rendering = self._renderings[address] = Rendering()
                    break
                if page and arrived - page.made < 2 * self._seconds:
                    return page
            if answer := self._after_waiting(rendering, address):
                return answer
            page = rendering.page
            if page is None:
                # It is private or takes too long.
                return self._render(address, environ)
            if arrived - page.made < 2 * self._seconds:
                return page
            # Its rendering started too long before this request, so try again.
        try:
            answer = self._render(address, environ)
            if isinstance(answer, Page):
                rendering.page = answer
            elif not isinstance(answer, StalePage) and answer.status in OUTAGES:
                answer.read()
                rendering.outage = answer
            return answer
        finally:
            with self._lock:
                del self._renderings[address]
            rendering.done.set()

    def _after_waiting(self, rendering, address):
        """
        Wait for the rendering. The answer that takes its place if it failed or is late.

        That is the kept page, or the outage that another request has just met.
        """
        may_stand_in = self._stale(address) is not None
        rendering.done.wait(
            min(self._patience, PATIENCE_WITH_PAGE) if may_stand_in else self._patience
        )
        if rendering.page is not None:
            return None
        return (may_stand_in and self._stale(address)) or rendering.outage

    def _render(self, address, environ):
        """Django's answer: a Page, which is kept, if it may be; a StalePage if it fails; or an Answer."""
        made, number = self._clock(), departures.last_number()
        try:
            answer = ask(self._application, as_anyone(environ, address))
        except Exception:
            stale = self._stale(address)
            if stale is None:
                raise
            logger.exception("%s cannot be rendered.", address.path)
            return stale
        if answer.status.startswith("5"):
            stale = self._stale(address)
            if stale is None:
                return answer
            answer.close()
            return stale
        if not may_be_kept(answer.status, answer.headers):
            self._drop(address)
            return answer
        answer.read()
        if len(answer.body[0]) != content_length(answer.headers):
            self._drop(address)
            return answer
        page = self._find(address)
        if page and page.shows(answer):
            # The usual case: an unchanged page is not compressed again.
            page = replace(page, made=made, departures=number)
        else:
            if page and page.status.startswith("200") and answer.status[:3] != "200":
                departures.note(address.path)
                # The new page is from after this departure.
                number += 1
            page = ready_page(
                made, number, answer.status, answer.headers, answer.body[0]
            )
        self._keep(address, page)
        return page

    def _find(self, address):
        return self._pages.find(address) or self._endless.find(address)

    def _drop(self, address):
        """Forget the page: what is at its address now is not for everyone."""
        with self._lock:
            self._pages.drop(address)
            self._endless.drop(address)

    def _keep(self, address, page):
        if page.status.startswith("404") or address.query:
            shelf, other = self._endless, self._pages
        else:
            shelf, other = self._pages, self._endless
        with self._lock:
            newer = self._find(address)
            if newer and newer.made > page.made:
                return
            other.drop(address)
            shelf.put(address, page)


class Rendering:
    """One request rendering a page, for which others wait."""

    def __init__(self):
        self.done = threading.Event()
        self.page = None
        self.outage = None


def as_anyone(environ: dict, address: Address) -> dict:
    """
    The request reduced to its address.

    A page for many readers then cannot depend on headers or a body that one of them sent.
    """
    plain = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("HTTP_", "CONTENT_"))
    }
    return plain | {
        "REQUEST_METHOD": "GET",
        "HTTP_HOST": address.host,
        "QUERY_STRING": address.query,
    }
