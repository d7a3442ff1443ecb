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

import gzip
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import brotli
from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.wsgi import get_path_info
from django.http import QueryDict
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve
from django.utils.http import parse_etags

from newsroom.server.exchanges import note_cache

# Memory for the pages of one process. Addresses that do not exist and query strings are
# endless, so they have a small memory of their own: trying them one after the other
# pushes out no page that others read.
PAGES_BYTES = 64 * 1024 * 1024
ENDLESS_BYTES = 8 * 1024 * 1024
# What a kept page takes beyond its body: its address, its headers, Python's objects.
OVERHEAD_BYTES = 4 * 1024
# A larger page is sent and not kept.
LARGEST_BYTES = 4 * 1024 * 1024
# Path and query string; a longer one goes to Django.
LONGEST_ADDRESS = 2000
LONGEST_ACCEPT_ENCODING = 200

# Seconds to wait for another request that renders the page before rendering it here.
PATIENCE = 10.0

KEPT_STATUSES = {"200", "301", "404", "410"}

# The level at which one more percent would cost noticeable time, if pages change every second.
BROTLI_QUALITY = 5
GZIP_LEVEL = 6
# By preference, for browsers that accept several equally.
ENCODINGS = ("br", "gzip", "identity")

# The headers that a 304 repeats (RFC 9110, 15.4.5).
REPEATED_HEADERS = {"cache-control", "content-location", "etag", "expires", "vary"}

Headers = list[tuple[str, str]]


class Address(NamedTuple):
    """The key of a kept page: one spelling, however it was asked for."""

    scheme: str
    host: str
    path: str
    query: str


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
        self._session_cookie = settings.SESSION_COOKIE_NAME
        self._pages = Shelf(PAGES_BYTES)
        self._endless = Shelf(ENDLESS_BYTES)
        self._renderings = {}
        # Held for a few look-ups, never while Django works.
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        if not self._is_for_everyone(environ):
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
            rendering.done.wait(self._patience)
            page = rendering.page
            if page is None:
                # It failed, is private, or takes too long.
                return self._render(address, environ)
            if arrived - page.made < 2 * self._seconds:
                return page
            # Its rendering started too long before this request, so try again.
        try:
            answer = self._render(address, environ)
            if isinstance(answer, Page):
                rendering.page = answer
            return answer
        finally:
            with self._lock:
                del self._renderings[address]
            rendering.done.set()

    def _render(self, address, environ):
        """Django's answer: a Page, which is kept, if it may be, or an Answer."""
        made = self._clock()
        answer = ask(self._application, as_anyone(environ, address))
        if not may_be_kept(answer.status, answer.headers):
            return answer
        answer.read()
        if len(answer.body[0]) != content_length(answer.headers):
            return answer
        page = self._find(address)
        if page and page.shows(answer):
            # The usual case: an unchanged page is not compressed again.
            page = replace(page, made=made)
        else:
            page = ready_page(made, answer.status, answer.headers, answer.body[0])
        self._keep(address, page)
        return page

    def _find(self, address):
        return self._pages.find(address) or self._endless.find(address)

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


def spelt_address(environ: dict) -> tuple[str, str, str, str]:
    """The address as the request spells it, in the form of an Address."""
    return (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
    )


class Rendering:
    """One request rendering a page, for which others wait."""

    def __init__(self):
        self.done = threading.Event()
        self.page = None


class Shelf:
    """Pages up to this many bytes together; the least recently used go first."""

    def __init__(self, limit):
        self._limit = limit
        self._size = 0
        self._pages = OrderedDict()

    def find(self, address):
        # Without the lock: each of the two calls is atomic in CPython.
        page = self._pages.get(address)
        if page is not None:
            try:  # noqa: SIM105 (suppress() would be felt here)
                self._pages.move_to_end(address)
            except KeyError:
                pass  # Another thread has just removed it.
        return page

    def put(self, address, page):
        self.drop(address)
        self._pages[address] = page
        self._size += page.size
        while self._size > self._limit:
            _, oldest = self._pages.popitem(last=False)
            self._size -= oldest.size

    def drop(self, address):
        page = self._pages.pop(address, None)
        if page is not None:
            self._size -= page.size


@dataclass(slots=True)
class Answer:
    """Django's answer to one request, which nobody else gets."""

    status: str
    headers: Headers
    body: Iterable[bytes]

    def read(self) -> None:
        """Read the whole body and finish Django's work on it."""
        try:
            body = b"".join(self.body)
        finally:
            self.close()
        self.body = [body]

    def close(self) -> None:
        if hasattr(self.body, "close"):
            self.body.close()

    def send(self, environ, start_response):
        start_response(self.status, self.headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            self.close()
            return []
        return self.body


@dataclass(frozen=True, slots=True)
class Page:
    """An answer for everyone: headers and body for each encoding."""

    made: float
    status: str
    headers: Headers
    body: bytes
    etag: str | None
    size: int
    encoded: dict[str, tuple[Headers, bytes]] = field(repr=False)
    unchanged: Headers = field(repr=False)
    # The same as `encoded`, in the form of an RSGI server: status, headers, bytes.
    answers: dict[str, tuple[int, Headers, bytes]] = field(repr=False)

    def shows(self, answer: Answer) -> bool:
        """Whether the answer, once read, has the same content."""
        return (self.status, self.headers, [self.body]) == (
            answer.status,
            answer.headers,
            answer.body,
        )

    def send(self, environ, start_response):
        # The lists are copied, because the WSGI specification lets a server change them.
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and self.etag and names(known, self.etag):
            start_response("304 Not Modified", [*self.unchanged])
            return []
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        if len(accepted) > LONGEST_ACCEPT_ENCODING:
            accepted = ""
        headers, body = self.encoded[encoding_for(accepted)]
        start_response(self.status, [*headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def ready_page(made: float, status: str, headers: Headers, body: bytes) -> Page:
    """The page in each encoding that makes it smaller."""
    ours = {"content-length", "etag", "vary"}
    common = [(name, value) for name, value in headers if name.lower() not in ours]
    common.append(("Vary", "Accept-Encoding"))
    etag = None
    if status.startswith("200"):
        # Weak, because all encodings share it. It covers the headers, too: they change with a
        # new release of the site, and a 304 does not send them.
        said = repr((status, common)).encode()
        etag = f'W/"{blake2b(said + body, digest_size=16).hexdigest()}"'
        common.append(("ETag", etag))
    encoded = {}
    for encoding, compressed in [
        ("br", brotli.compress(body, quality=BROTLI_QUALITY)),
        ("gzip", gzip.compress(body, GZIP_LEVEL, mtime=0)),
        ("identity", body),
    ]:
        named = [("Content-Encoding", encoding)]
        if len(compressed) >= len(body):
            named, compressed = [], body
        length = ("Content-Length", str(len(compressed)))
        encoded[encoding] = ([*common, *named, length], compressed)
    return Page(
        made=made,
        status=status,
        headers=headers,
        body=body,
        etag=etag,
        size=OVERHEAD_BYTES + sum(map(len, {sent for _, sent in encoded.values()})),
        encoded=encoded,
        unchanged=[
            (name, value) for name, value in common if name.lower() in REPEATED_HEADERS
        ],
        answers={
            encoding: (
                int(status[:3]),
                [(name.lower(), value) for name, value in named],
                sent,
            )
            for encoding, (named, sent) in encoded.items()
        },
    )


def ask(application: Callable, environ: dict) -> Answer:
    """
    The answer of a WSGI application.

    The application must call start_response before it returns and must not use the legacy
    `write` callable. Django does both.
    """
    answer = Answer("", [], [])

    def start_response(status, headers, exc_info=None):
        answer.status, answer.headers = status, headers

    answer.body = application(environ, start_response)
    return answer


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


def public_address(environ: dict) -> Address | None:
    """The one spelling of the address; None when no page is kept for it."""
    path = environ["PATH_INFO"]
    query = environ.get("QUERY_STRING", "")
    if len(path) + len(query) > LONGEST_ADDRESS:
        return None
    if path.startswith(settings.STATIC_URL):
        # Static files are already compressed, and browsers keep them for ever.
        return None
    scheme = environ["wsgi.url_scheme"]
    host = public_host(
        environ.get("HTTP_HOST", ""), scheme, environ.get("SERVER_PORT", "")
    )
    if host is None:
        return None
    known = known_parameters(settings.ROOT_URLCONF, path)
    if known is None:
        return None
    try:
        query = public_query(query, known)
    except TooManyFieldsSent:
        return None
    return Address(scheme, host, path, query)


def public_host(host: str, scheme: str, server_port: str) -> str | None:
    """
    The host in lower case, without a default port.

    A port that is neither the server's nor that of SITE_URL is left out, and a host that
    matches only a pattern in ALLOWED_HOSTS becomes that of SITE_URL: else one page would
    have endless addresses. None for a host that is not ours.
    """
    if len(host) > 255:
        return None
    domain, port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return None
    site = urlsplit(settings.SITE_URL)
    own_host = site.hostname or ""
    if domain not in {*map(str.lower, settings.ALLOWED_HOSTS), own_host}:
        if not validate_host(own_host, settings.ALLOWED_HOSTS):
            return None
        domain = own_host
    if not port or port == {"http": "80", "https": "443"}.get(scheme):
        return domain
    if port in {server_port, str(site.port)}:
        return f"{domain}:{port}"
    return domain


@lru_cache(maxsize=2048)
def known_parameters(urlconf: str, path_info: str) -> frozenset[str] | None:
    """
    The query parameters that the view at this path knows; None if the view is not public.

    Paths without a view have none. A path that lacks only its last slash has those of the
    page to which Django redirects.
    """
    path = get_path_info({"PATH_INFO": path_info})
    for spelling in [path] if path.endswith("/") else [path, f"{path}/"]:
        try:
            view = resolve(spelling, urlconf).func
        except Resolver404:
            continue
        return getattr(view, "public_parameters", None)
    return frozenset()


def public_query(query: str, known: frozenset[str]) -> str:
    """
    The known parameters, sorted by name; of a repeated one, the last value.

    Raises TooManyFieldsSent where Django would.
    """
    if not query or not known:
        return ""
    sent = QueryDict(query.encode("latin-1"), encoding="utf-8")
    return urlencode([(name, sent[name]) for name in sorted(known) if name in sent])


def may_be_kept(status: str, headers: Headers) -> bool:
    """Whether the answer says it is public, depends on the address alone, and is small enough."""
    said: dict[str, list[str]] = {}
    for name, value in headers:
        said.setdefault(name.lower(), []).append(value)
    control = words(said.get("cache-control", []))
    return (
        status[:3] in KEPT_STATUSES
        and "public" in control
        and control.isdisjoint({"private", "no-store"})
        and words(said.get("vary", [])) <= {"accept-encoding"}
        and said.keys().isdisjoint({"set-cookie", "content-encoding"})
        # An answer of unknown length is a stream and may never end.
        and 0 <= content_length(headers) <= LARGEST_BYTES
    )


def content_length(headers: Headers) -> int:
    """The value of Content-Length; -1 if it is missing."""
    for name, value in headers:
        if name.lower() == "content-length" and value.isdecimal():
            return int(value)
    return -1


def words(values: list[str]) -> set[str]:
    """The members of a list header, in lower case."""
    return {
        word.strip().lower()
        for value in values
        for word in value.split(",")
        if word.strip()
    }


def names(known: str, etag: str) -> bool:
    """Whether an If-None-Match header names the page's ETag, weakly or strongly."""
    if known == etag:
        return True
    tags = parse_etags(known)
    return tags == ["*"] or etag.removeprefix("W/") in {
        tag.removeprefix("W/") for tag in tags
    }


@lru_cache(maxsize=256)
def encoding_for(accepted: str) -> str:
    """The best of our encodings for an Accept-Encoding; what cannot be parsed is ignored."""
    weights: dict[str, float] = {}
    for item in accepted.lower().split(","):
        name, _, parameters = item.partition(";")
        weights[name.strip().removeprefix("x-")] = weight(parameters)
    others = weights.get("*", 0.0)
    wanted = {encoding: weights.get(encoding, others) for encoding in ENCODINGS}
    # Allowed unless something better is, and sent when nothing is accepted.
    wanted["identity"] = max(weights.get("identity", 0.0), 0.0001)
    return max(ENCODINGS, key=wanted.__getitem__)


def weight(parameters: str) -> float:
    """The `q` of an item in an Accept header: 1 if it is missing, 0 if it is invalid."""
    if not parameters.strip():
        return 1.0
    found = re.fullmatch(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", parameters)
    return float(found[1]) if found else 0.0
