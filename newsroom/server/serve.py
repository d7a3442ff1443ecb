"""The production server: granian's workers, and a process that runs `tick`."""

import copy
import errno
import os
import queue
import socket
import subprocess
import sys
import threading

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management.base import CommandError
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
from granian.http import HTTP1Settings

from articles.core.thread_connection import close_connection_of_thread
from newsroom.server import request_metrics
from newsroom.server.proxies import networks

# Connections per worker; further ones wait in the kernel's queue. They cost a little memory
# and no thread, so that even a thousand silent clients leave room.
CONNECTIONS = 4096
# Open files that a worker needs beside its connections: database, log, bodies, pictures.
OTHER_FILES = 256

# The headers of a request must arrive within this many seconds of the connection or of the
# previous answer. An idle connection is closed after the same time.
HEADER_SECONDS = 10
# The largest request line and headers together, in bytes; as in nginx, 4 × 8 KiB.
LARGEST_HEADERS = 32 * 1024

# How long a worker may finish its requests after it was told to stop.
SECONDS_TO_FINISH = 30

TICK_SECONDS = 10
# How long the jobs of `tick` may go on after the requests are finished. They are then killed:
# every job can be, and the next tick begins it again.
SECONDS_TO_FINISH_TICK = 5

# How long the database may take to answer at the start.
DATABASE_SECONDS = 3
CONNECTED = object()


def serve(*, host: str, port: int, workers: int) -> None:
    """
    Serve the site until SIGTERM or SIGINT, then finish the running requests.

    Raises CommandError with a sentence if nothing can be served there. Whether the site is
    ready is the question of `refuse_when_not_ready`.
    """
    refuse_when_taken(host, port)
    close_connections()
    if settings.METRICS_TOKEN:
        request_metrics.make_folder()
    ticking = TickProcess()
    server = Granian(
        "newsroom.server.rsgi:application",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        # With uvloop and a thread of its own for the server, a kept page costs as much of a
        # core as with WSGI (27 µs against 25 to 36), and without them 48 µs.
        loop=Loops.auto,
        runtime_mode=RuntimeModes.mt,
        workers=workers,
        # No browser speaks HTTP/2 without TLS, and its limits would not hold: granian waits
        # for its first bytes for ever.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(HEADER_SECONDS * 1000),
            max_buffer_size=LARGEST_HEADERS,
        ),
        backpressure=connections_for(open_files()),
        backlog=2048,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
        websockets=False,
        log_dictconfig=copy.deepcopy(settings.LOGGING),
    )
    server.on_startup(ticking.start)
    server.on_shutdown(ticking.stop)
    server.serve()


def open_files() -> int:
    """Raise the limit of open files to what the system allows, and return it."""
    try:
        # Windows has no such module, and no such limit.
        import resource
    except ImportError:
        return CONNECTIONS + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    if soft < wanted and (hard == resource.RLIM_INFINITY or soft < hard):
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft


def connections_for(files: int) -> int:
    """The connections of a worker that may open this many files."""
    return max(1, min(CONNECTIONS, files - OTHER_FILES))


def refuse_when_not_ready():
    """Raise CommandError or ImproperlyConfigured with a sentence for what is missing."""
    # Otherwise it is only the workers that find a wrong setting.
    networks(settings.TRUSTED_PROXIES)
    if not settings.DEBUG and not staticfiles_storage.hashed_files:
        raise CommandError(
            "The static files have not been collected. Run: "
            "uv run manage.py collectstatic --no-input"
        )
    missing = missing_migrations()
    if missing:
        raise CommandError(
            f"The database is not up to date, {len(missing)} migrations are missing. "
            "Run: uv run manage.py migrate"
        )


def missing_migrations() -> list:
    """
    The migrations that the database lacks.

    Raises CommandError, after DATABASE_SECONDS at most, if the database does not answer.
    """
    # A database can also accept a connection and say nothing, or its name can hang in the
    # resolver: no time limit of the driver covers everything.
    answers: queue.Queue = queue.Queue()
    threading.Thread(target=_look_up_migrations, args=[answers], daemon=True).start()
    try:
        found = answers.get(timeout=DATABASE_SECONDS)
    except queue.Empty:
        raise CommandError(
            f"The database has not answered for {DATABASE_SECONDS} seconds. "
            "Is it running, and is DATABASE_URL right?"
        ) from None
    if found is CONNECTED:
        # To find the migrations takes a busy machine seconds, which are not the database's.
        found = answers.get()
    if isinstance(found, (DatabaseError, OSError)):
        # Drivers add further lines with advice.
        reason = str(found).strip().partition("\n")[0].rstrip(".")
        raise CommandError(f"The database does not answer: {reason}.") from found
    if isinstance(found, Exception):
        raise found
    return found


def _look_up_migrations(answers):
    # A connection of its own, because a pool would go on trying.
    connection = connections["default"].copy()
    connection.settings_dict["OPTIONS"].pop("pool", None)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        answers.put(CONNECTED)
        executor = MigrationExecutor(connection)
        answers.put(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Exception as error:
        answers.put(error)
    finally:
        close_connection_of_thread(connection)
        # Django's recorder of migrations has looked them up by the name of the database.
        close_connection_of_thread()


def refuse_when_taken(host, port):
    """
    Refuse an address on which somebody else listens, or on which nobody can listen.

    Granian shares ports between its workers, so two servers would share one as well.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                f"Port {port} is taken by another program. Stop it, or choose another port."
            ) from error
        raise CommandError(
            f"Nothing can be served on {host}:{port}: {error.strerror}."
        ) from error


def close_connections():
    """Close database connections: workers are copies of this process and must not share them."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


class TickProcess:
    """
    Runs `tick` in a process of its own, and starts it again when it ends.

    The process reads from a pipe that we hold open: when the server ends, in whatever way,
    the pipe closes and the process ends after its present job. If that takes longer than
    SECONDS_TO_FINISH_TICK, or the server was killed, it is killed.
    """

    def __init__(self):
        self._ending = threading.Event()
        self._process = None

    def start(self):
        threading.Thread(target=self._keep_running, daemon=True).start()

    def stop(self):
        self._ending.set()
        if self._process is not None:
            self._process.stdin.close()
            try:
                self._process.wait(timeout=SECONDS_TO_FINISH_TICK)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _keep_running(self):
        command = [
            sys.executable,
            os.fspath(settings.BASE_DIR / "manage.py"),
            "tick",
            f"--every={TICK_SECONDS}",
        ]
        while not self._ending.is_set():
            # In a group of its own, which Ctrl+C on a terminal does not reach: while it
            # starts, it would break off with a traceback.
            self._process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.PIPE, process_group=0
            )
            self._process.wait()
            self._ending.wait(TICK_SECONDS)
