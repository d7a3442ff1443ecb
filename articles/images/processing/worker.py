"""
The child process that decodes and draws pictures, one at a time, without Django.

It has no access to the database, secrets or settings. It reads requests from standard
input and writes answers to standard output, within limits that the system enforces.
"""

import os
import signal
import sys
import threading
from contextlib import suppress
from io import BytesIO
from typing import IO, Any

from PIL import AvifImagePlugin

from articles.core.parent_process import end_with_parent
from articles.images.processing.decode_limits import redraw
from articles.images.processing.refusals import FileRefused, Unreadable
from articles.images.processing.rendering import draw_renditions
from articles.images.processing.specs import Recipe
from articles.images.processing.worker_protocol import (
    Interrupted,
    receive,
    send_message,
)

try:
    import resource
except ImportError:
    # Windows has no such limits; the time limit of the parent holds there.
    resource = None  # type: ignore[assignment]

# The process ends after this time without a request.
IDLE_SECONDS = 60
# In bytes. The parent checks the length of uploads before it sends them.
MAX_REQUEST = 1024 * 1024 * 1024


def main(*, max_memory: int, max_seconds: int) -> None:
    """
    Answer requests until standard input is closed.

    Each may use `max_memory` bytes and `max_seconds` seconds of CPU time.
    """
    # The pipe of a parent that was killed closes, but a decoder that works does not look at it.
    end_with_parent(os.getppid(), grace=0)
    requests, answers = sys.stdin.buffer, _own_output()
    # Ctrl+C in a terminal reaches this process, too. It is to end when the pipe closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # One thread per picture: the number decoded at once is limited by processes.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    _limit("RLIMIT_AS", max_memory)
    _limit("RLIMIT_DATA", max_memory)
    _limit("RLIMIT_CORE", 0)
    # The process writes no files, only to the pipe.
    _limit("RLIMIT_FSIZE", 0)
    with suppress(Interrupted, BrokenPipeError):
        while True:
            header, body = _next(requests)
            _limit_time(max_seconds)
            _answer(answers, header, body)
            # Free the memory before the next request arrives.
            del body


def _own_output():
    """Return standard output for the answers, and redirect what libraries print to nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _next(requests):
    idle = threading.Timer(IDLE_SECONDS, os._exit, [0])
    idle.daemon = True
    idle.start()
    try:
        return receive(requests, lambda size: BytesIO(), max_size=MAX_REQUEST)
    finally:
        idle.cancel()


def _answer(answers, header, body):
    try:
        if header["do"] == "redraw":
            _redraw(answers, body.getvalue(), header["max_pixels"])
        else:
            _draw(answers, body.getvalue(), header)
    except FileRefused as refused:
        kind = "unreadable" if isinstance(refused, Unreadable) else "refused"
        _send(answers, {kind: refused.as_data})
    except MemoryError:
        _send(answers, {"unreadable": ["memory", {}]})
    except BrokenPipeError:
        raise
    except Exception as error:
        _send(
            answers,
            {
                "unreadable": ["unreadable", {}],
                "error": f"{type(error).__name__}: {error}"[:1000],
            },
        )


def _redraw(answers, content, max_pixels):
    picture = redraw(content, max_pixels=max_pixels)
    header = {
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
        "has_alpha": picture.has_alpha,
        "frames": picture.frames,
    }
    _send(answers, header, picture.content)


def _draw(answers, content, header):
    recipes = [Recipe(**recipe) for recipe in header["recipes"]]
    for recipe, rendition in draw_renditions(
        content, recipes, focal=tuple(header["focal"])
    ):
        number = recipes.index(recipe)
        _send(answers, {"number": number, "more": True}, rendition)
        # The time limit holds for each rendition.
        _limit_time(header["max_seconds"])
    _send(answers, {"done": True})


def _send(answers: IO[bytes], header: dict[str, Any], content: bytes = b"") -> None:
    send_message(answers, header, BytesIO(content), len(content))


def _limit(name, value):
    if resource is None or not hasattr(resource, name):
        return
    kind = getattr(resource, name)
    # macOS knows some of these limits and refuses to set them.
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))


def _limit_time(seconds):
    """Have the system end this process after this many more seconds of CPU time."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit("RLIMIT_CPU", int(used.ru_utime + used.ru_stime) + 1 + seconds)
