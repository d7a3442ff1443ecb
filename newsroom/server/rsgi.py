"""
The RSGI application for granian: slow clients wait in the event loop, not in Django's threads.

Granian's own WSGI server assigns a thread before the body has arrived, reads the body without a
deadline, and keeps the thread until a slow client has read the answer: as many unfinished bodies
as there are threads stop the site. Its RSGI leaves both to an event loop, where waiting costs no
thread, and it is as fast for a kept page. So in this module

- kept pages are sent from the event loop;
- `/healthz` is answered there, `/readyz` has threads of its own, and static files have two;
- while the database does not answer, kept pages stand in, and who waits for a thread is told;
- a body is read with a deadline, into memory or a temporary file, and only then gets a thread;
  requests with a body use at most half of the threads;
- granian sends files itself and gets whole answers at once, so that no thread waits for a client
  that reads slowly.

The kernel cuts off a client that does not read (TCP_USER_TIMEOUT).
"""

import asyncio
import logging
import multiprocessing
import os
import socket
import stat
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings

from articles.core.parent_process import end_with_parent
from newsroom import wsgi
from newsroom.server import access_log, database_waits, outages, request_metrics
from newsroom.server.body_limits import LARGEST_BODY, largest_body
from newsroom.server.exchanges import (
    EXCHANGE,
    Exchange,
    ObservedProtocol,
    RequestIds,
    lines_of,
)
from newsroom.server.plain_answers import plain_headers
from newsroom.server.proxies import FORWARDED
from newsroom.server.request_bodies import (
    BodyTooLarge,
    RequestRefused,
    announced_length,
    drain,
    whole_body,
)
from newsroom.server.request_environ import FileWrapper, environ_of

# Threads that run Django, in each worker. The connection pool of a process has as many
# connections.
THREADS = 16

# The most bodies that one worker reads at the same time; further ones get 503. With
# LARGEST_BODY each, they take at most 32 MiB.
BODIES = 512
# Bodies with a larger limit wait for each other, on the disk.
LARGE_BODIES = 4
# A GET for which a page is kept gets that page after this many seconds without Django's answer.
# Who waits for a thread for so long, while others wait for the database, gets 503.
LATE_SECONDS = 2.0
# A request that waited longer for a thread, while others failed, is not tried.
SECONDS_TO_TRY = 0.5

# A client that takes nothing of an answer for this many seconds is cut off.
UNREAD_SECONDS = 30

# A longer answer is passed on piece by piece while it is made.
WHOLE_ANSWER = 1024 * 1024

# Headers that affect which page or which id a GET gets, beyond those that every request has.
DECIDING = frozenset(
    [
        "cookie",
        "if-none-match",
        "x-request-id",
        *(name.removeprefix("HTTP_").lower().replace("_", "-") for name in FORWARDED),
    ]
)

logger = logging.getLogger(__name__)


class Server:
    """
    The RSGI application in front of a WSGI application with `kept(environ)`.

    `sessions.is_signed_in(environ)` says whose body may be larger, `pages.answer_at(address,
    accepted)` which page is kept, and `pages.stand_in(environ)` which one stands in while Django
    fails. `static_files` are the paths that Django answers without the database. `log` takes
    every answered request (newsroom.server.access_log).
    """

    def __init__(
        self, application, sessions, pages, *, static_files=frozenset(), log=None
    ):
        self._application = application
        self._sessions = sessions
        self._pages = pages
        self._static_files = static_files
        self._log = log or access_log.AccessLog(write=None)
        self._ids = RequestIds()
        self._threads = ThreadPoolExecutor(THREADS, "django")
        # For what needs no database: static files, and the page that says that it is down.
        self._other_threads = ThreadPoolExecutor(2, "no-database")
        self._ready_thread = ThreadPoolExecutor(4, "ready")
        # The metrics may wait for the database.
        self._metrics_thread = ThreadPoolExecutor(2, "metrics")
        self._with_body = asyncio.Semaphore(THREADS // 2)
        self._large = asyncio.Semaphore(LARGE_BODIES)
        self._bodies = 0

    def __rsgi_init__(self, loop):
        loop.call_later(0.5, give_up_unread_answers, UNREAD_SECONDS)
        self._log.start()
        # Models can be imported only once newsroom.wsgi has set Django up.
        from articles.images import background  # noqa: PLC0415

        self._drawing = background
        self._drawing.begin_thread()
        # The next server would find the port taken by the workers of one that was killed.
        if server := multiprocessing.parent_process():
            end_with_parent(server.pid)

    def __rsgi_del__(self, loop):
        self._drawing.end_thread()
        self._log.stop()

    async def __rsgi__(self, scope, protocol):
        exchange = Exchange(self._ids.next(), scope.method, scope.path, perf_counter())
        page = self._kept_page(scope)
        if page is not None:
            # The same as through an ObservedProtocol, and quicker.
            exchange.status, headers, body, exchange.cache = page
            headers = [*headers, ("x-request-id", exchange.request_id)]
            protocol.response_bytes(exchange.status, headers, body)
            exchange.size = len(body)
            self._log.add(exchange)
            return
        self._log.in_progress += 1
        try:
            await self._answer_observed(
                scope, ObservedProtocol(protocol, exchange), exchange
            )
        finally:
            # Without an answer of ours, the server below sends 500.
            exchange.status = exchange.status or 500
            self._log.in_progress -= 1
            self._log.add(exchange)

    async def _answer_observed(self, scope, protocol, exchange):
        try:
            environ = environ_of(scope)
            environ[EXCHANGE] = exchange
            said = self._application.request_id(environ)
            exchange.request_id = said or exchange.request_id
            if is_health(environ):
                body = b"alive\n"
                send_answer(protocol, environ, 200, plain_headers(len(body)), body)
            elif (answer := self._kept(environ)) is not None:
                send_answer(protocol, environ, *answer)
            elif announced_length(environ) or "HTTP_TRANSFER_ENCODING" in environ:
                await self._answer_with_body(environ, protocol)
            else:
                await self._answer(environ, protocol)
        except RequestRefused as refused:
            body = f"{refused}\n".encode()
            headers = [*plain_headers(len(body)), *refused.headers]
            protocol.response_bytes(refused.status, as_sent(headers), body)

    def _kept_page(self, scope):
        """
        Status, headers, body and state of the kept page for a plain GET; None for other requests.

        Most requests are of this kind, so it builds nothing that they do not need.
        """
        if scope.method != "GET":
            return None
        host = accepted = ""
        for name, value in scope.headers.items():
            if name == "host":
                if host:
                    return None
                host = value
            elif name == "accept-encoding":
                accepted = value
            elif name in DECIDING:
                return None
        address = scope.scheme, host, scope.path, scope.query_string
        # Other characters are encoded in the address of a kept page.
        if not (address[2].isascii() and address[3].isascii()):
            return None
        return self._pages.answer_at(address, accepted)

    def _kept(self, environ):
        # Nothing is awaited here, so the lines of no other request are marked.
        with lines_of(environ[EXCHANGE]):
            page = self._application.kept(environ)
        return page and sent_by(page, environ)

    async def _answer_with_body(self, environ, protocol):
        path = environ["PATH_INFO"]
        limit = LARGEST_BODY
        # Asked only where it matters, because it may query the database.
        largest = largest_body(path, is_signed_in=True)
        if largest > limit and await self._in_thread(
            environ[EXCHANGE], self._sessions.is_signed_in, environ
        ):
            limit = largest
        if self._bodies >= BODIES:
            raise RequestRefused(
                503,
                "Too much is being sent at the moment. Try again soon.",
                ("Retry-After", "10"),
            )
        self._bodies += 1
        try:
            if limit > LARGEST_BODY:
                async with self._large:
                    await self._read_and_answer(environ, protocol, limit)
            else:
                await self._read_and_answer(environ, protocol, limit)
        finally:
            self._bodies -= 1

    async def _read_and_answer(self, environ, protocol, limit):
        chunks = chunks_of(protocol)
        try:
            body = await whole_body(environ, chunks, limit)
        except BodyTooLarge:
            # Django answers in the words of the address, and reads no body.
            body = BytesIO()
            environ["CONTENT_LENGTH"] = str(max(announced_length(environ), limit + 1))
            await drain(chunks)
        environ["wsgi.input"] = body
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ[EXCHANGE].body_seconds = perf_counter() - environ[EXCHANGE].began
        try:
            if not await self._turn():
                await self._say_unavailable(environ, protocol)
                return
            try:
                await self._answer(environ, protocol)
            finally:
                self._with_body.release()
        finally:
            body.close()

    async def _turn(self):
        """Wait for a turn among the requests with a body. False if there is none in an outage."""
        while True:
            try:
                return await asyncio.wait_for(self._with_body.acquire(), LATE_SECONDS)
            except TimeoutError:
                if outages.has_just_failed():
                    return False

    async def _answer(self, environ, protocol):
        path = environ["PATH_INFO"]
        if path == "/metrics":
            await self._answer_in(self._metrics_thread, environ, protocol)
            return
        if path in self._static_files or path == "/readyz":
            # Neither needs a session, and looking it up may take long.
            environ.pop("HTTP_COOKIE", None)
            is_static = path != "/readyz"
            threads = self._other_threads if is_static else self._ready_thread
            await self._answer_in(threads, environ, protocol)
            return
        if outages.is_down() and (page := self._pages.stand_in(environ)):
            send_answer(protocol, environ, *sent_by(page, environ))
            return
        loop = asyncio.get_running_loop()
        work = Work(self._application, environ, protocol, loop, pages=self._pages)
        future = self._threads.submit(run_marked, environ[EXCHANGE], work.run)
        answer = asyncio.wrap_future(future)
        seconds = LATE_SECONDS
        while not (await asyncio.wait({answer}, timeout=seconds))[0]:
            if page := self._pages.stand_in(environ):
                work.give_up()
                send_answer(protocol, environ, *sent_by(page, environ))
                return
            is_waiting = database_waits.longest() >= LATE_SECONDS / 2
            if (is_waiting or outages.has_just_failed()) and future.cancel():
                await self._say_unavailable(environ, protocol)
                return
            seconds = LATE_SECONDS / 10
        status, headers, body = answer.result()
        if body is not None:
            send_answer(protocol, environ, status, headers, body)

    async def _say_unavailable(self, environ, protocol):
        outages.mark_unavailable(environ)
        environ.pop("HTTP_COOKIE", None)
        await self._answer_in(self._other_threads, environ, protocol)

    async def _answer_in(self, threads, environ, protocol):
        loop = asyncio.get_running_loop()
        work = Work(self._application, environ, protocol, loop)
        status, headers, body = await self._in_thread(
            environ[EXCHANGE], work.run, threads=threads
        )
        if body is not None:
            send_answer(protocol, environ, status, headers, body)

    def _in_thread(self, exchange, function, *arguments, threads=None):
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(
            threads or self._threads, run_marked, exchange, function, *arguments
        )


def run_marked(exchange, function, *arguments):
    """The result of the function; its log lines carry the id of the exchange."""
    with lines_of(exchange):
        return function(*arguments)


class Work:
    """
    One request in a Django thread.

    `pages` has the pages that stand in if Django fails; without it, none does, and the request is
    tried whatever happened to others.
    """

    def __init__(self, application, environ, protocol, loop, *, pages=None):
        self._application = application
        self._environ = environ
        self._protocol = protocol
        self._loop = loop
        self._pages = pages
        self._arrived = time.monotonic()
        self._is_given_up = False

    def give_up(self):
        """Something else was sent; this answer goes nowhere. Called in the event loop."""
        self._is_given_up = True

    def run(self):
        """Status, headers and body: bytes, the path of a file, or None if it was already sent."""
        if self._pages and outages.has_just_failed() and self._is_late():
            if page := self._stand_in():
                return sent_by(page, self._environ)
            outages.mark_unavailable(self._environ)
        started = Started()
        try:
            body = self._application(self._environ, started)
        except Exception:
            logger.exception("The application failed.")
            sentence = b"Something went wrong here.\n"
            return 500, plain_headers(len(sentence)), sentence
        try:
            # Whoever asks, also with a session, gets the page that everybody gets.
            if started.status >= 500 and (page := self._stand_in()):
                return sent_by(page, self._environ)
            if self._environ["REQUEST_METHOD"] == "HEAD":
                return started.status, started.headers, b""
            if path := path_of_whole_file(body, started.headers):
                return started.status, started.headers, path
            return self._bytes_of(body, started)
        except Exception:
            if self._is_given_up:
                return started.status, started.headers, None
            logger.exception("The answer broke off.")
            raise
        finally:
            if hasattr(body, "close"):
                body.close()

    def _stand_in(self):
        return self._pages and self._pages.stand_in(self._environ)

    def _is_late(self):
        return time.monotonic() - self._arrived > SECONDS_TO_TRY

    def _bytes_of(self, body, started):
        """Status, headers and whole body; a long body is sent here, piece by piece, and None."""
        chunks, size = [], 0
        chunks_to_come = iter(body)
        for chunk in chunks_to_come:
            chunks.append(chunk)
            size += len(chunk)
            if size > WHOLE_ANSWER:
                break
        else:
            return started.status, started.headers, b"".join(chunks)
        transport = self._on_loop(self._open, started)
        self._on_loop(transport.send_bytes, b"".join(chunks))
        for chunk in chunks_to_come:
            self._on_loop(transport.send_bytes, chunk)
        return started.status, started.headers, None

    async def _open(self, started):
        if self._is_given_up:
            raise GivenUp
        return self._protocol.response_stream(started.status, as_sent(started.headers))

    def _on_loop(self, function, *arguments):
        async def call():
            return await function(*arguments)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()


class GivenUp(Exception):
    """Another answer was sent meanwhile."""


class Started:
    """WSGI's start_response, which stores status and headers."""

    status = 0
    headers = ()

    def __call__(self, status, headers, exc_info=None):
        self.status, self.headers = int(status[:3]), headers


def path_of_whole_file(body: object, headers: Iterable[tuple[str, str]]) -> str | None:
    """The path of the file if the body is the whole file, else None."""
    if not isinstance(body, FileWrapper):
        return None
    # Django's File wraps the real file.
    file = getattr(body.file, "file", body.file)
    try:
        state = os.fstat(file.fileno())
        path = os.fspath(file.name)
        at_start = file.tell() == 0
    except (AttributeError, OSError, TypeError):
        return None
    length = next((v for name, v in headers if name.lower() == "content-length"), "")
    is_whole = at_start and length == str(state.st_size)
    if stat.S_ISREG(state.st_mode) and is_whole and os.path.isabs(path):
        return path
    return None


def is_health(environ: dict[str, Any]) -> bool:
    return environ["PATH_INFO"] == "/healthz" and environ["REQUEST_METHOD"] in (
        "GET",
        "HEAD",
    )


def sent_by(page, environ):
    """Status, headers and body of the answer that a page sends."""
    answer = Started()
    body = page.send(environ, answer)
    return answer.status, answer.headers, b"".join(body)


def static_files() -> frozenset[str]:
    """The paths of the collected static files, which whitenoise finds at its start, too."""
    root = Path(settings.STATIC_ROOT)
    return frozenset(
        f"/{settings.STATIC_URL.lstrip('/')}{file.relative_to(root).as_posix()}"
        for file in root.rglob("*")
        if file.is_file()
    )


def send_answer(protocol, environ, status, headers, body):
    """Give a whole answer to granian, which sends it at the client's pace."""
    headers = as_sent(headers)
    if isinstance(body, str):
        protocol.response_file(status, headers, body)
    elif status == HTTPStatus.NOT_MODIFIED or status == HTTPStatus.NO_CONTENT:
        protocol.response_empty(status, headers)
    else:
        protocol.response_bytes(status, headers, body)


def as_sent(headers):
    """The headers with lower-case names, as the server wants them."""
    return [(small(name), value) for name, value in headers]


@lru_cache(maxsize=1024)
def small(name):
    return name.lower()


async def chunks_of(protocol):
    """The chunks of the body; granian's own iterator cannot be resumed."""
    async for chunk in protocol:
        yield chunk


def give_up_unread_answers(seconds):
    """
    Make the kernel close connections on which nothing could be sent for this many seconds.

    Connections inherit the option from the listening socket. Granian opens that and gives no
    access to it, so it is looked up among the open files. If the socket or the option is not
    available, as outside Linux, a proxy must do this.
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None or not os.path.isdir("/proc/self/fd"):
        return
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            copy = socket.socket(fileno=os.dup(int(descriptor)))
        except OSError:
            continue
        with copy, suppress(OSError):
            if copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                copy.setsockopt(socket.IPPROTO_TCP, option, int(seconds * 1000))


def log_of_this_process():
    """The access log as the settings want it."""
    return access_log.AccessLog(
        write=access_log.write_to_stdout if settings.ACCESS_LOG else None,
        metrics=request_metrics.of_this_process(),
    )


application = Server(
    wsgi.application,
    wsgi.sessions,
    wsgi.pages,
    static_files=static_files(),
    log=log_of_this_process(),
)
