"""
Decode and draw pictures in child processes with limits on memory and time.

Decoders are large C programs that read untrusted files, so none runs in a process that
serves readers. A picture that needs too much, or breaks its decoder, ends only a child
without secrets, and is refused. Children are reused, because starting one takes a quarter
of a second. `turn` limits how many work at once on this machine.

Memory is limited by `setrlimit`. On Windows, which lacks it, and on macOS, which does not
enforce it, only the time limit holds.
"""

import atexit
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import locks

from articles.images.processing.decode_limits import EXTENSIONS, MAX_FRAMES, MAX_SIDE
from articles.images.processing.refusals import FileRefused, refusal_from
from articles.images.processing.specs import Recipe
from articles.images.processing.worker_protocol import (
    Interrupted,
    receive,
    send_message,
)

# To decode one picture or to draw one rendition, both of wall clock and of CPU time.
MAX_SECONDS = 20
# In bytes, for the whole child process; an idle one has some 45 MB. A picture of
# IMAGE_MAX_PIXELS is in memory up to five times, at four bytes per pixel.
MIN_MEMORY = 512 * 1024 * 1024
BYTES_A_PIXEL = 20
# In bytes. A PNG of 25 million pixels that do not compress has 100 MB.
MAX_ANSWER = 256 * 1024 * 1024
# In bytes. A larger answer is kept in a temporary file, not in memory.
MAX_IN_MEMORY = 1024 * 1024

# The longest wait for a turn, in seconds.
LONGEST_WAIT = 20
# The threads of this process that may work on pictures or wait for a turn: half of the
# server's threads (newsroom.server.serve.THREADS), so that the other half stays free.
IN_LINE = 8

ROOT = Path(__file__).resolve().parents[3]
# Started with -I (isolated): only the project's folder is added to Python's own path.
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from articles.images.processing.worker import main; "
    "main(max_memory=int(sys.argv[2]), max_seconds=int(sys.argv[3]))"
)
# The variables that decoders need, and that Windows needs to start: none has a secret.
_ENVIRONMENT = ["PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP"]

_line = threading.BoundedSemaphore(IN_LINE)
_lock = threading.Lock()
_idle: list["_Child"] = []


class Busy(Exception):
    """Too many pictures are in work at the moment."""


class CannotBeDrawn(Exception):
    """The picture is broken, or needs more memory or time than is allowed."""


class _Died(Exception):
    """The child process ended before it answered."""


class _TooLong(Exception):
    """The child process was killed because it took longer than MAX_SECONDS."""


@dataclass(frozen=True)
class Decoded:
    """A re-encoded picture: an open file at its beginning, format, size in pixels and so on."""

    file: IO[bytes]
    format: str
    width: int
    height: int
    has_alpha: bool
    frames: int


def redraw_in_worker(file: IO[bytes], size: int) -> Decoded:
    """
    Decode a file of `size` bytes, from its beginning, and re-encode it.

    Raises FileRefused with a sentence, and Busy when no turn is free within LONGEST_WAIT seconds.
    """
    request = {"do": "redraw", "max_pixels": settings.IMAGE_MAX_PIXELS}
    with turn():
        try:
            [(header, body)] = _answers(request, file, size)
        except _TooLong:
            raise FileRefused("too slow", limit=f"{MAX_SECONDS}") from None
        except _Died:
            raise FileRefused("broken or too large") from None
    for kind in ["refused", "unreadable"]:
        if kind in header:
            raise refusal_from(header[kind])
    return _checked(header, body)


def draw_in_worker(
    file: IO[bytes],
    size: int,
    recipes: Iterable[Recipe],
    *,
    focal: tuple[float, float] = (0.5, 0.5),
) -> Iterator[tuple[Recipe, bytes]]:
    """
    Yield each recipe with its rendition, drawn by the module rendering from an original.

    The caller must hold a `turn`. Raises CannotBeDrawn.
    """
    recipes = list(recipes)
    request = {
        "do": "draw",
        "recipes": [asdict(recipe) for recipe in recipes],
        "focal": focal,
        "max_seconds": ceil(MAX_SECONDS),
    }
    missing = set(range(len(recipes)))
    try:
        for header, body in _answers(request, file, size):
            if "unreadable" in header:
                raise CannotBeDrawn(str(refusal_from(header["unreadable"])))
            if "done" in header:
                break
            # Raises KeyError for a rendition that was not requested.
            missing.remove(header["number"])
            with body:
                content = body.read()
            yield recipes[header["number"]], content
    except (_Died, KeyError):
        raise CannotBeDrawn(
            "It breaks its decoder, or needs too much memory."
        ) from None
    except _TooLong:
        raise CannotBeDrawn(f"It takes longer than {MAX_SECONDS} seconds.") from None
    if missing:
        raise CannotBeDrawn("Some renditions were not drawn.")


@contextmanager
def turn():
    """
    Hold one of the IMAGE_PROCESSES turns that all processes on this machine share.

    Raises Busy after LONGEST_WAIT seconds, or at once when IN_LINE threads of this process
    already work or wait.
    """
    if not _line.acquire(blocking=False):
        raise Busy
    try:
        with _locked_file(settings.IMAGE_PROCESSES):
            yield
    finally:
        _line.release()


@contextmanager
def background_turn():
    """
    As `turn`, for work that nobody waits for: one turn is left to the others.

    With IMAGE_PROCESSES=1 there is only one turn for all.
    """
    with _locked_file(max(1, settings.IMAGE_PROCESSES - 1)):
        yield


def close_idle() -> None:
    """End the idle child processes."""
    while child := _taken():
        child.end()


@contextmanager
def _locked_file(files):
    # The system releases the locks of a process that ends, even when it is killed.
    folder = Path(settings.IMAGE_TURNS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + LONGEST_WAIT
    while True:
        for number in range(files):
            with (folder / f"{number}.lock").open("w") as file:
                if locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
                    try:
                        yield
                    finally:
                        locks.unlock(file)
                    return
        if time.monotonic() > until:
            raise Busy
        time.sleep(0.02)


def _answers(request, file, size):
    """
    Yield the messages that a child answers, up to the last.

    A reused child may have ended, or its memory may be fragmented. When such a child fails,
    the request goes to a new one, and only that one's failure counts.
    """
    if child := _taken():
        try:
            first = child.ask(request, file, size)
        except _Died:
            first = {"unreadable": ""}, None
        if "unreadable" not in first[0]:
            yield from child.answers(first)
            return
        child.end()
    try:
        child = _Child()
    except OSError:
        # The machine has run out of memory or processes.
        raise _Died from None
    yield from child.answers(child.ask(request, file, size))


def _taken():
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.process.poll() is None:
                return child
            child.end()
    return None


def _checked(header, body):
    """The answer of a child as a Decoded. Raises FileRefused for impossible values."""
    try:
        decoded = Decoded(
            file=body,
            **{name: header[name] for name in ["format", "width", "height"]},
            **{name: header[name] for name in ["has_alpha", "frames"]},
        )
        sizes = [(decoded.width, MAX_SIDE), (decoded.height, MAX_SIDE)]
        can_be_true = (
            decoded.format in EXTENSIONS
            and decoded.has_alpha in {True, False}
            and all(0 < n <= most for n, most in [*sizes, (decoded.frames, MAX_FRAMES)])
        )
    except (KeyError, TypeError):
        can_be_true = False
    if not can_be_true:
        body.close()
        raise FileRefused("unreadable")
    return decoded


def _file_for(size):
    return BytesIO() if size <= MAX_IN_MEMORY else tempfile.TemporaryFile()


class _Child:
    """A child process. After `ask`, the caller must read all answers or end the child."""

    def __init__(self):
        memory = max(MIN_MEMORY, BYTES_A_PIXEL * settings.IMAGE_MAX_PIXELS)
        self.is_late = False
        # No preexec_fn: after a fork, locks may be held by threads that no longer exist.
        self.process = subprocess.Popen(  # noqa: S603 - our own program, nothing of a request
            [sys.executable, "-I", "-c", _START]
            + [str(ROOT), str(memory), str(ceil(MAX_SECONDS))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
            # For glibc: no memory reserved per thread, and large blocks are returned.
            | {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "1048576"},
        )

    def ask(self, request, file, size):
        """Send the request and return the first answer."""
        file.seek(0)
        with self._in_time():
            # If the child no longer reads, receiving fails and says so.
            with suppress(OSError):
                send_message(self.process.stdin, request, file, size)
            return self._receive()

    def answers(self, answer):
        """Yield this answer and those that follow; after the last, the child becomes idle."""
        try:
            while answer[0].get("more"):
                yield answer
                with self._in_time():
                    answer = self._receive()
            self._wait(keep="unreadable" not in answer[0])
        except BaseException:
            # The remaining answers are not read.
            self.end()
            raise
        yield answer

    def end(self):
        self.process.kill()
        for pipe in [self.process.stdin, self.process.stdout]:
            # Data that the child did not read is lost.
            with suppress(OSError):
                pipe.close()
        self.process.wait()

    def _receive(self):
        try:
            return receive(self.process.stdout, _file_for, max_size=MAX_ANSWER)
        except (Interrupted, OSError):
            self.end()
            if self.is_late:
                raise _TooLong from None
            raise _Died from None

    def _wait(self, *, keep):
        with _lock:
            if keep and len(_idle) < settings.IMAGE_PROCESSES:
                _idle.append(self)
                return
        self.end()

    @contextmanager
    def _in_time(self):
        def end():
            self.is_late = True
            self.process.kill()

        timer = threading.Timer(MAX_SECONDS, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _forget_all():
    """After a fork the children still belong to the parent."""
    _idle.clear()


atexit.register(close_idle)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
