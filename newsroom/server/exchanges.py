"""
What is known of one request and its answer, for the access log and the metrics.

The server creates an Exchange for each request and passes it on in the WSGI environ, where the page
cache and Django add what only they know. ObservedProtocol is the one place through which answers
leave: it sees status and size, and adds the X-Request-ID header.
"""

import itertools
import re
import secrets
from dataclasses import dataclass
from typing import Any

from newsroom.logs import request_id_of_lines

# The key of the Exchange in a WSGI environ.
EXCHANGE = "newsroom.exchange"

# What a trusted proxy may send as X-Request-ID; anything else is ignored.
VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._~:@+/=-]{1,128}", re.ASCII)


class RequestIds:
    """Makes request ids that are unique among all processes: 12 random hex digits and a number."""

    def __init__(self):
        self._start = secrets.token_hex(6)
        self._numbers = itertools.count(1)

    def next(self) -> str:
        return f"{self._start}-{next(self._numbers):x}"


@dataclass(slots=True)
class Exchange:
    """
    A request and its answer.

    `began` is the time.perf_counter() of its arrival, `ended` the time.time() of its answer;
    `seconds` lie between the two, `body_seconds` of them until the body had arrived. `size` is the
    length of the body that was sent, in bytes. `cache` is hit, stale or miss, or empty if the page
    cache had no part in it. `route` is the name of the URL pattern; None if Django did not resolve
    the address.
    """

    request_id: str
    method: str
    path: str
    began: float
    status: int = 0
    size: int = 0
    cache: str = ""
    route: str | None = None
    queries: int = 0
    body_seconds: float = 0.0
    ended: float = 0.0
    seconds: float = 0.0


def note_cache(environ: dict, state: str) -> None:
    """Store how the page cache answered this request: hit, stale or miss."""
    exchange = environ.get(EXCHANGE)
    if exchange is not None:
        exchange.cache = state


class lines_of:
    """
    Inside this block, log lines of this thread carry the id of the request.

    Does nothing for None. A class, because one made with contextlib takes twice as long.
    """

    __slots__ = ("_exchange", "_token")

    def __init__(self, exchange: Exchange | None):
        self._exchange = exchange

    def __enter__(self):
        if self._exchange is not None:
            self._token = request_id_of_lines.set(self._exchange.request_id)

    def __exit__(self, *exception):
        if self._exchange is not None:
            request_id_of_lines.reset(self._token)


class ObservedProtocol:
    """An RSGI protocol that stores status and size in the Exchange and sends its id."""

    __slots__ = ("_exchange", "_protocol")

    def __init__(self, protocol: Any, exchange: Exchange):
        self._protocol = protocol
        self._exchange = exchange

    def __aiter__(self):
        return self._protocol.__aiter__()

    def response_bytes(self, status, headers, body):
        self._protocol.response_bytes(status, self._noted(status, headers), body)
        self._exchange.size = len(body)

    def response_empty(self, status, headers):
        self._protocol.response_empty(status, self._noted(status, headers))

    def response_file(self, status, headers, path):
        self._protocol.response_file(status, self._noted(status, headers), path)
        # The server sends whole files only with their length (rsgi.path_of_whole_file).
        length = dict(headers).get("content-length", "0")
        self._exchange.size = int(length)

    def response_stream(self, status, headers):
        stream = self._protocol.response_stream(status, self._noted(status, headers))
        return ObservedStream(stream, self._exchange)

    def _noted(self, status, headers):
        self._exchange.status = status
        return [*headers, ("x-request-id", self._exchange.request_id)]


class ObservedStream:
    """An RSGI stream whose bytes are counted."""

    __slots__ = ("_exchange", "_stream")

    def __init__(self, stream: Any, exchange: Exchange):
        self._stream = stream
        self._exchange = exchange

    async def send_bytes(self, chunk):
        await self._stream.send_bytes(chunk)
        self._exchange.size += len(chunk)
