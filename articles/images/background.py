"""
Drawing renditions after the answer to an upload, not before it.

The task worker does it where there is one (the setting WORKER). Without one, a thread of each
server process does. Where there is neither, as in commands, renditions are drawn at once. What is
left out is drawn when somebody asks for it, or by `tick`.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from articles.core.thread_connection import close_connection_of_thread
from articles.images.processing.worker_pool import Busy, background_turn
from articles.images.renditions import make_missing, make_renditions
from articles.models import Image

# The pictures that wait for the thread of one process.
MOST_WAITING = 100
# `tick` looks through this many of the newest images, and leaves those to the threads that are
# younger than DRAWN_WITHIN. Older than DRAWN_LATER, a picture is drawn when somebody asks for it.
LOOKED_THROUGH = 200
DRAWN_WITHIN = timedelta(minutes=2)
DRAWN_LATER = timedelta(days=1)

logger = logging.getLogger(__name__)


class DrawingThread:
    """A thread that draws pictures one after the other."""

    def __init__(self):
        self._pool = ThreadPoolExecutor(1, "draw")
        self._room = threading.BoundedSemaphore(MOST_WAITING)

    def add(self, key):
        """Have the image with this key drawn, unless too many wait already."""
        if not self._room.acquire(blocking=False):
            logger.info("Renditions of picture %s are drawn when asked for.", key)
            return
        try:
            drawing = self._pool.submit(_draw, key)
        except RuntimeError:
            # The server is ending.
            self._room.release()
        else:
            drawing.add_done_callback(lambda _drawing: self._room.release())

    def end(self, *, wait=False):
        """Finish the picture in work and leave out the others."""
        self._pool.shutdown(wait=wait, cancel_futures=True)


_thread: DrawingThread | None = None
# Images that `tick` could not draw; it tries each once.
_given_up: set[int] = set()


def begin_thread():
    """Draw in a thread of this process from now on. For servers, which call `end_thread`."""
    global _thread
    _thread = DrawingThread()


def end_thread(*, wait=False):
    global _thread
    if _thread is not None:
        _thread.end(wait=wait)
    _thread = None


def draw_later(key):
    """Have the renditions of the image with this key drawn, after the transaction."""
    if _thread is None or settings.WORKER:
        make_renditions.enqueue(key)
    else:
        _thread.add(key)


def draw_left_out():
    """Draw the newest image of the last day that has no renditions, if there is one."""
    now = timezone.now()
    left_out = (
        Image.objects.on_site()
        .newest(LOOKED_THROUGH)
        .without_renditions()
        .filter(created_at__range=(now - DRAWN_LATER, now - DRAWN_WITHIN))
        .exclude(pk__in=_given_up)
    )
    image = left_out.newest_first().first()
    if image is None:
        return
    try:
        make_missing(image, in_turn=background_turn)
    except Busy:
        logger.info("Renditions of picture %s are drawn when asked for.", image.pk)
    except Exception:
        _given_up.add(image.pk)
        raise


def _draw(key):
    try:
        if image := Image.objects.on_site().filter(pk=key).first():
            make_missing(image, in_turn=background_turn)
    except Busy:
        logger.info("Renditions of picture %s are drawn when asked for.", key)
    except Exception:
        logger.exception("The renditions of picture %s could not be drawn.", key)
    finally:
        close_connection_of_thread()
