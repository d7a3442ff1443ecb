"""Answers of Django, pages that are kept of them in each encoding, and the memory for those."""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

import brotli
from django.utils.http import parse_etags

from newsroom.server.content_encodings import LONGEST_ACCEPT_ENCODING, encoding_for

# What a kept page takes beyond its body: its address, its headers, Python's objects.
OVERHEAD_BYTES = 4 * 1024
# A larger page is sent and not kept.
LARGEST_BYTES = 4 * 1024 * 1024

KEPT_STATUSES = {"200", "301", "404", "410"}

# The level at which one more percent would cost noticeable time, if pages change every second.
BROTLI_QUALITY = 5
GZIP_LEVEL = 6

# The headers that a 304 repeats (RFC 9110, 15.4.5).
REPEATED_HEADERS = {"cache-control", "content-location", "etag", "expires", "vary"}

Headers = list[tuple[str, str]]


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
    """
    An answer for everyone: headers and body for each encoding.

    `made` is in seconds of the cache's clock; `departures` is the number of the last departure
    (articles.core.departures) before it was rendered.
    """

    made: float
    departures: int
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

    def names_any(self, paths: list[str]) -> bool:
        """Whether the page links to one of these paths, or redirects there."""
        targets = [value for name, value in self.headers if name.lower() == "location"]
        return any(
            path.encode() in self.body or any(path in target for target in targets)
            for path in paths
        )

    def send(self, environ, start_response, *more):
        """The page as a WSGI answer, with the further headers `more`."""
        # The lists are copied, because the WSGI specification lets a server change them.
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and self.etag and names(known, self.etag):
            start_response("304 Not Modified", [*self.unchanged, *more])
            return []
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        if len(accepted) > LONGEST_ACCEPT_ENCODING:
            accepted = ""
        headers, body = self.encoded[encoding_for(accepted)]
        start_response(self.status, [*headers, *more])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@dataclass(frozen=True, slots=True)
class StalePage:
    """A page that stands in for a newer one; `age` and its `lifetime` in seconds."""

    page: Page
    age: float
    lifetime: float

    def send(self, environ, start_response):
        age = int(self.age)
        # RFC 9211: a negative `ttl` says for how long the page has not been fresh.
        status = f"newsroom; hit; ttl={int(self.lifetime) - age}; detail=stale"
        return self.page.send(
            environ, start_response, ("Age", str(age)), ("Cache-Status", status)
        )


def ready_page(
    made: float, departures: int, status: str, headers: Headers, body: bytes
) -> Page:
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
        departures=departures,
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
