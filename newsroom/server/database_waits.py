"""
Limits on waiting for PostgreSQL, on both sides of the connection.

The server ends statements and waits for locks by itself (`server_limits`). A server that is
stopped, or that no packet reaches, ends nothing, so a connection of ours asks such a server for a
sign of life and gives up without one.
"""

import socket
import struct
import threading
import time

import psycopg

# For requests and for commands, in milliseconds: a statement, and its wait for a lock.
# A request has to answer within 3 seconds if it waits for a lock. A command that waits longer
# for a lock than a minute holds up all requests behind it.
REQUEST_LIMITS = {
    "statement_timeout": 10_000,
    "lock_timeout": 1_500,
    "idle_in_transaction_session_timeout": 60_000,
}
COMMAND_LIMITS = {"statement_timeout": 60 * 60 * 1000, "lock_timeout": 60_000}

# Seconds for a new connection (the least that libpq allows), and without an answer to a probe
# of the kernel until a silent connection is closed.
CONNECT_SECONDS = 2
# Seconds for a connection of the pool.
POOL_SECONDS = 2
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    # In milliseconds: what was sent and is not acknowledged.
    "tcp_user_timeout": 10_000,
}

# After this many seconds in one statement the server is asked for a sign of life, and then
# again every second. It has this many seconds to give one.
SILENT_SECONDS = 1.5
SIGN_OF_LIFE_SECONDS = 0.5
ASK_AGAIN_SECONDS = 1.0

# The request code of SSLRequest; the answer is one byte, S or N (PostgreSQL, 54.7).
SSL_REQUEST = struct.pack("!ii", 8, 80877103)

# When the threads that are waiting for the database began to, by thread.
_waiting: dict[int, float] = {}


def bounded(options: dict, *, pool_size: int) -> dict:
    """The OPTIONS of a database with the limits of commands. Those of `options` win."""
    limits = server_limits(COMMAND_LIMITS)
    return {
        "connect_timeout": CONNECT_SECONDS,
        **KEEPALIVES,
        **options,
        "options": f"{limits} {options.get('options', '')}".strip(),
        "pool": {
            "connection_class": BoundedConnection,
            "min_size": 1,
            "max_size": pool_size,
            "timeout": POOL_SECONDS,
            # Afterwards the next request tries to connect, instead of a pause that doubles
            # for five minutes.
            "reconnect_timeout": 1,
        },
    }


def server_limits(limits: dict[str, int]) -> str:
    """The limits as the connection parameter `options`."""
    return " ".join(f"-c {name}={value}" for name, value in limits.items())


def narrow_for_requests(database: dict) -> None:
    """
    Give the connections that will be opened the limits of requests, instead of those of commands.

    `database` is an entry of DATABASES. The servers call it before the first connection.
    """
    options = database.get("OPTIONS", {})
    if "options" in options:
        options["options"] = options["options"].replace(
            server_limits(COMMAND_LIMITS), server_limits(REQUEST_LIMITS)
        )
        options["pool"]["connection_class"] = RequestConnection


def longest() -> float:
    """How many seconds the longest wait for the database has taken so far; 0 without one."""
    begun = min(tuple(_waiting.values()), default=None)
    return 0.0 if begun is None else time.monotonic() - begun


class BoundedConnection(psycopg.Connection):
    """A connection that gives up when its server shows no sign of life."""

    # In seconds, for one statement, whatever the server says; None without a limit.
    most_seconds: float | None = None

    def wait(self, gen, *arguments, **named):
        return super().wait(self._watched(gen), *arguments, **named)

    def _watched(self, gen):
        """Pass on what the generator yields, and look at the clock while nothing is ready."""
        thread = None
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready:
                    # A tenth of a second passed.
                    now = time.monotonic()
                    if thread is None:
                        thread = threading.get_ident()
                        begun, asked_next = now, now + SILENT_SECONDS
                        _waiting[thread] = begun
                    elif self.most_seconds and now - begun >= self.most_seconds:
                        self._give_up("The database takes too long.")
                    elif now >= asked_next:
                        self._require_sign_of_life()
                        asked_next = time.monotonic() + ASK_AGAIN_SECONDS
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value
        finally:
            if thread is not None:
                _waiting.pop(thread, None)

    def _require_sign_of_life(self):
        info = self.pgconn
        if not signs.server_answers(info.host.decode(), info.port.decode()):
            self._give_up("The database server gives no sign of life.")

    def _give_up(self, sentence):
        # What the server does is unknown, so the connection cannot be used again.
        self.pgconn.finish()
        raise psycopg.OperationalError(sentence)


class RequestConnection(BoundedConnection):
    """A connection of a request: also a process of the server that hangs alone is given up."""

    # The server itself ends the statement before.
    most_seconds = REQUEST_LIMITS["statement_timeout"] / 1000 + 2


class SignsOfLife:
    """Asks servers for a sign of life: one thread at a time, and each at most twice a second."""

    def __init__(self):
        self._lock = threading.Lock()
        self._known = {}

    def server_answers(self, host: str, port: str) -> bool:
        """Whether the server at this host, or in this folder of sockets, answers in time."""
        with self._lock:
            answered, until = self._known.get((host, port), (False, 0.0))
            if time.monotonic() >= until:
                answered = _answers(host, port)
                self._known[host, port] = answered, time.monotonic() + 0.5
            return answered


signs = SignsOfLife()


def _answers(host, port):
    try:
        with _connected(host, port) as stream:
            stream.sendall(SSL_REQUEST)
            return stream.recv(1) in {b"S", b"N"}
    except OSError:
        return False


def _connected(host, port):
    if not host.startswith("/"):
        return socket.create_connection((host, int(port)), SIGN_OF_LIFE_SECONDS)
    stream = socket.socket(socket.AF_UNIX)
    stream.settimeout(SIGN_OF_LIFE_SECONDS)
    try:
        stream.connect(f"{host}/.s.PGSQL.{port}")
    except BaseException:
        stream.close()
        raise
    return stream
