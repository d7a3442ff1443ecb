"""
The metrics of the processes that answer requests, in files that all of them can read.

Each worker counts in files of its own (prometheus_client's multiprocess mode), in a folder that
`serve` makes under VAR_DIR/metrics for itself. Whichever worker is asked for /metrics adds up the
files, also those of workers that have ended: a counter never goes back while the server runs.
"""

import logging
import os
import shutil
from collections import Counter as Numbers
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.urls import Resolver404, resolve
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from newsroom.languages.urls import urlconf_at
from newsroom.server.exchanges import Exchange

logger = logging.getLogger(__name__)

# The upper bounds of the histogram, in seconds: kept pages, pages, slow pages, limits of waiting.
BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

# prometheus_client reads the folder from this environment variable.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


class RequestMetrics:
    """Counts the answered requests of this process. Only one thread may use it."""

    def __init__(self):
        # The registry of this process is not asked: see `exposition`.
        registry = CollectorRegistry()
        self._requests = Counter(
            "newsroom_requests",
            "Requests that were answered, by route and class of the status.",
            ["route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "newsroom_request_seconds",
            "Time from the arrival of a request to its answer, without that of its body.",
            ["route"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._cache = Counter(
            "newsroom_page_cache",
            "Requests for public pages, by how the page cache answered: hit, stale, miss.",
            ["result"],
            registry=registry,
        )
        self._in_progress = Gauge(
            "newsroom_requests_in_progress",
            "Requests that are being answered.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._pool = Gauge(
            "newsroom_database_pool",
            "The connection pools of all workers: connections that are open and idle, and "
            "requests that wait for one.",
            ["state"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        # Looking up a labelled metric takes as long as counting.
        self._seconds_of = lru_cache(maxsize=1024)(self._seconds.labels)

    def count(self, exchanges: list[Exchange]) -> None:
        numbers: Numbers = Numbers()
        for exchange in exchanges:
            route = exchange.route or route_of(exchange.path)
            numbers[route, exchange.status // 100, exchange.cache] += 1
            self._seconds_of(route).observe(exchange.seconds - exchange.body_seconds)
        for (route, status_class, cache), number in numbers.items():
            self._requests.labels(route, f"{status_class}xx").inc(number)
            if cache:
                self._cache.labels(cache).inc(number)

    def update(self, *, in_progress: int) -> None:
        """Set what is true at this moment."""
        self._in_progress.set(in_progress)
        for state, number in pool_state().items():
            self._pool.labels(state).set(number)


@lru_cache(maxsize=2048)
def route_of(path: str) -> str:
    """The name of the URL pattern at this path, for requests that Django did not resolve."""
    if path.startswith(settings.STATIC_URL):
        return "static"
    try:
        return resolve(path, urlconf_at(path)).view_name
    except Resolver404:
        return "none"


def pool_state() -> dict[str, int]:
    """Open and idle connections of this process and requests that wait; empty without a pool."""
    pool = getattr(connections["default"], "pool", None)
    if pool is None:
        return {}
    stats = pool.get_stats()
    return {
        "open": stats.get("pool_size", 0),
        "idle": stats.get("pool_available", 0),
        "waiting": stats.get("requests_waiting", 0),
    }


def make_folder() -> None:
    """
    Make the folder in which the workers of this server count, and name it in the environment.

    Folders of servers that have ended are removed.
    """
    parent = settings.VAR_DIR / "metrics"
    parent.mkdir(mode=0o700, exist_ok=True)
    for folder in parent.iterdir():
        if not (folder.name.isdecimal() and is_running(int(folder.name))):
            shutil.rmtree(folder, ignore_errors=True)
    own = parent / str(os.getpid())
    own.mkdir(mode=0o700, exist_ok=True)
    os.environ[FOLDER_VARIABLE] = str(own)


def of_this_process() -> RequestMetrics | None:
    """The metrics of a worker; None without METRICS_TOKEN, or if `serve` has made no folder."""
    if not settings.METRICS_TOKEN or not os.path.isdir(os.environ[FOLDER_VARIABLE]):
        return None
    return RequestMetrics()


def exposition() -> bytes:
    """The metrics of all workers in the text format of Prometheus; empty outside of a server."""
    folder = os.environ[FOLDER_VARIABLE]
    if not os.path.isdir(folder):
        return b""
    for pid in {
        int(path.stem.rpartition("_")[2]) for path in Path(folder).glob("*.db")
    }:
        if not is_running(pid):
            # What is true of a process at a moment ends with it; what it counted stays.
            mark_process_dead(pid, folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)
    return generate_latest(registry)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
