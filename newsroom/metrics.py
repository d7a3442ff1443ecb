"""
The page /metrics: figures for Prometheus, for whoever brings METRICS_TOKEN.

What the workers have counted comes from their files (newsroom.server.request_metrics). The rest is
looked up when somebody asks: one bounded query for each figure of the database. A figure that
cannot be had in time is left out, and the others are there.
"""

import logging
import shutil
import threading
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest

from comments.models import Comment, PendingMail
from newsroom.models import StaffMail, Ticking
from newsroom.server import request_metrics
from newsroom.server.access_log import FLUSH_SECONDS

# Rows are counted up to this number.
MOST_COUNTED = 10_000
# In seconds; what takes longer is left out.
SECONDS = 0.6

logger = logging.getLogger(__name__)


@require_safe
def metrics(request):
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(
            "Send the METRICS_TOKEN of this site as “Authorization: Bearer …”.\n",
            status=401,
            content_type="text/plain; charset=utf-8",
            headers={"WWW-Authenticate": "Bearer"},
        )
    # Until then every worker has counted what it answered before this request.
    time.sleep(2 * FLUSH_SECONDS)
    registry = CollectorRegistry()
    registry.register(Found(figures()))
    return HttpResponse(
        request_metrics.exposition() + generate_latest(registry),
        content_type=CONTENT_TYPE_PLAIN_0_0_4,
    )


class Found:
    """A collector of figures that have already been looked up."""

    def __init__(self, found):
        self._found = found

    def collect(self):
        return self._found


def figures() -> list[GaugeMetricFamily]:
    """The figures that can be had within SECONDS."""
    global _lookup
    with _lock:
        # One that hangs is not started twice.
        if _lookup is None or _lookup.is_over.is_set():
            _lookup = Lookup()
        lookup = _lookup
    is_over = lookup.is_over.wait(SECONDS)
    found = list(lookup.found)
    is_up = is_over and lookup.database_works
    found.append(
        GaugeMetricFamily(
            "newsroom_database_up",
            "Whether the database answered in time.",
            value=int(is_up),
        )
    )
    return found


class Lookup:
    """Looks up all figures in a thread of its own: what hangs cannot be ended."""

    def __init__(self):
        self.found = []
        self.database_works = True
        self.is_over = threading.Event()
        threading.Thread(target=self._run, name="figures", daemon=True).start()

    def _run(self):
        try:
            self.found += disk()
            for figure in FIGURES:
                self.found += figure()
        except DatabaseError:
            self.database_works = False
            logger.exception("Some metrics are missing: the database does not answer.")
        except Exception:
            logger.exception("Some metrics are missing.")
        finally:
            # Nothing else closes the connection of this thread.
            connection.close()
            self.is_over.set()


_lock = threading.Lock()
_lookup = None


def disk():
    usage = shutil.disk_usage(settings.VAR_DIR)
    yield gauge("newsroom_disk_free_bytes", "Free bytes where VAR_DIR is.", usage.free)
    yield gauge("newsroom_disk_size_bytes", "All bytes where VAR_DIR is.", usage.total)


def mails():
    waiting = GaugeMetricFamily(
        "newsroom_mails_waiting",
        f"Mails that are not sent yet, by outbox; counted up to {MOST_COUNTED}.",
        labels=["to"],
    )
    for to, model in [("readers", PendingMail), ("staff", StaffMail)]:
        waiting.add_metric([to], counted(model.objects.all()))
    yield waiting


def tasks():
    # Only installed where there is a worker.
    from django_tasks_db.models import DBTaskResult

    yield gauge(
        "newsroom_tasks_waiting",
        f"Tasks that no worker has begun; counted up to {MOST_COUNTED}.",
        counted(DBTaskResult.objects.ready()),
    )


def comments():
    waiting = Comment.objects.waiting()
    yield gauge(
        "newsroom_comments_waiting",
        f"Comments that wait for a moderator; counted up to {MOST_COUNTED}.",
        counted(waiting),
    )
    begun = waiting.oldest_first().values_list("created_at", flat=True).first()
    yield gauge(
        "newsroom_oldest_comment_waiting_seconds",
        "How long the oldest of them has waited; 0 if none waits.",
        seconds_since(begun) if begun else 0,
    )


def ticking():
    last = Ticking.objects.last_seen()
    if last.at is not None:
        yield gauge(
            "newsroom_last_tick_timestamp_seconds",
            "When the background jobs last ran, on any machine; in Unix time.",
            last.at.timestamp(),
        )
    yield gauge(
        "newsroom_jobs_failing",
        "Background jobs whose last run failed.",
        len(last.failing),
    )


FIGURES = [mails, comments, ticking]
if settings.WORKER:
    FIGURES.append(tasks)


def gauge(name, words, value):
    return GaugeMetricFamily(name, words, value=value)


def counted(rows):
    return rows.order_by()[:MOST_COUNTED].count()


def seconds_since(time):
    return max(0.0, (timezone.now() - time).total_seconds())
