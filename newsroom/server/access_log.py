"""
The access log: one JSON object per request on standard output, and a warning for slow requests.

A kept page takes less time than a log record does, so requests are only collected where they are
answered. A thread writes them at most FLUSH_SECONDS later, many at once, and counts them for the
metrics. When standard output takes nothing, that thread waits, and no reader does.
"""

import json
import logging
import os
import sys
import threading
import time
from functools import lru_cache

from newsroom.logs import masked
from newsroom.server.exchanges import Exchange, lines_of

# How long a request may wait for its line.
FLUSH_SECONDS = 0.05
# How often the metrics of the process itself are updated when nobody asks for anything.
IDLE_SECONDS = 1.0
# The most requests that may wait for their lines; further ones are counted and left out.
MOST_WAITING = 20_000
# A request that takes longer gets a warning. The time in which its body arrives does not count.
SLOW_SECONDS = 1.0
# In characters; the rest of a longer path is not logged.
LONGEST_PATH = 2000
# Writes up to this many bytes arrive whole in a pipe that several processes write to
# (PIPE_BUF of Linux, pipe(7)).
PIPE_BUF = 4096

logger = logging.getLogger(__name__)


class AccessLog:
    """
    Collects answered requests, and writes and counts them in a thread of its own.

    `write` takes bytes of whole lines, or is None if no lines are wanted; `metrics` counts what was
    answered (newsroom.server.request_metrics), or is None.
    """

    def __init__(self, *, write, metrics=None):
        self._write = write
        self._metrics = metrics
        # How many requests are being answered; only the event loop changes it.
        self.in_progress = 0
        self._waiting = []
        self._left_out = 0
        self._awake = threading.Event()
        self._ending = False
        self._thread = None

    @property
    def is_on(self) -> bool:
        return self._write is not None or self._metrics is not None

    def start(self) -> None:
        if self.is_on:
            self._thread = threading.Thread(
                target=self._run, name="access log", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Write what waits. Gives up after a second if standard output takes nothing."""
        self._ending = True
        self._awake.set()
        if self._thread is not None:
            self._thread.join(timeout=1)

    def add(self, exchange: Exchange) -> None:
        """Take an answered request. Called in the event loop, so it does next to nothing."""
        exchange.ended = time.time()
        exchange.seconds = time.perf_counter() - exchange.began
        if exchange.seconds > SLOW_SECONDS:
            warn_if_slow(exchange)
        if not self.is_on:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._left_out += 1
            return
        self._waiting.append(exchange)
        if not self._awake.is_set():
            self._awake.set()

    def flush(self) -> None:
        """Write and count everything that has been added."""
        waiting, self._waiting = self._waiting, []
        left_out, self._left_out = self._left_out, 0
        if self._metrics is not None:
            self._metrics.count(waiting)
            self._metrics.update(in_progress=self.in_progress)
        if self._write is not None:
            for chunk in chunks([line_for(exchange) for exchange in waiting]):
                self._write(chunk)
        if left_out:
            logger.warning("%d requests are missing in the access log.", left_out)

    def _run(self):
        idle = None if self._metrics is None else IDLE_SECONDS
        while not self._ending:
            self._awake.wait(idle)
            if not self._ending:
                # What arrives meanwhile is written together.
                time.sleep(FLUSH_SECONDS)
            self._awake.clear()
            self._flush_safely()
        # What was added since.
        self._flush_safely()

    def _flush_safely(self):
        try:
            self.flush()
        except Exception:
            logger.exception("The access log could not be written.")


def warn_if_slow(exchange: Exchange) -> None:
    seconds = exchange.seconds - exchange.body_seconds
    if seconds > SLOW_SECONDS:
        with lines_of(exchange):
            logger.warning(
                "Slow request: %s %s took %d ms and %d queries.",
                exchange.method[:20],
                exchange.path[:LONGEST_PATH],
                seconds * 1000,
                exchange.queries,
            )


def line_for(exchange: Exchange) -> bytes:
    """
    The line of the access log.

    It holds neither the query string, which may hold what somebody searched for, nor an address.
    """
    ended = exchange.ended
    second = int(ended)
    cache = f', "cache": "{exchange.cache}"' if exchange.cache else ""
    # Put together by hand: this takes half of the time of json.dumps, and only the
    # method and the path may hold characters that JSON escapes.
    return (
        f'{{"time": "{utc(second)}.{int((ended - second) * 1000):03d}Z", "level": "info", '
        f'"logger": "newsroom.access", "message": "request", '
        f'"request_id": "{exchange.request_id}", "method": {quoted(exchange.method[:20])}, '
        f'"path": {quoted(exchange.path[:LONGEST_PATH])}, "status": {exchange.status}, '
        f'"ms": {exchange.seconds * 1000:.1f}, "bytes": {exchange.size}{cache}}}\n'
    ).encode()


@lru_cache(maxsize=2)
def utc(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


@lru_cache(maxsize=1024)
def quoted(text: str) -> str:
    """The masked text as a JSON string."""
    # Half of a surrogate pair cannot be encoded.
    text = text.encode("utf-8", "replace").decode()
    return json.dumps(masked(text), ensure_ascii=False)


def chunks(lines: list[bytes]) -> list[bytes]:
    """The lines joined to chunks of at most PIPE_BUF bytes, if no line alone is longer."""
    joined: list[list[bytes]] = [[]]
    size = 0
    for line in lines:
        if size + len(line) > PIPE_BUF and joined[-1]:
            joined.append([])
            size = 0
        joined[-1].append(line)
        size += len(line)
    return [b"".join(chunk) for chunk in joined if chunk]


def write_to_stdout(chunk: bytes) -> None:
    """Write the whole chunk to standard output, past Python's buffer, which others use."""
    descriptor = sys.stdout.fileno()
    while chunk:
        chunk = chunk[os.write(descriptor, chunk) :]
