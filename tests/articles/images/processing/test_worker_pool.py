import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from articles.images.processing import worker_pool
from articles.images.processing.refusals import FileRefused
from articles.images.processing.specs import recipes_for
from tests.articles.images.processing import hostile

SMALL = hostile.encoded(hostile.Drawing.new("RGB", (60, 40), "red"), "PNG")
on_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other systems limit no memory"
)


@pytest.fixture(autouse=True)
def _new_children():
    """Each test begins and ends without idle child processes."""
    worker_pool.close_idle()
    yield
    worker_pool.close_idle()


def redraw(content):
    return worker_pool.redraw_in_worker(io.BytesIO(content), len(content))


def draw(content, recipes):
    return list(worker_pool.draw_in_worker(io.BytesIO(content), len(content), recipes))


def idle():
    return [child.process.pid for child in worker_pool._idle]


def test_one_child_draws_one_picture_after_the_other():
    assert redraw(SMALL).width == 60
    [child] = idle()
    assert len(draw(SMALL, recipes_for(60, 40))) == len(recipes_for(60, 40))
    with pytest.raises(FileRefused):
        redraw(hostile.gif_of_frames(1200))
    assert idle() == [child]


def test_what_takes_too_long_is_ended_and_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(worker_pool, "MAX_SECONDS", 0.2)
    with pytest.raises(FileRefused, match="longer than 0.2 seconds"):
        redraw(hostile.jpeg_with_scans(64))
    assert idle() == []


def test_a_child_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(worker_pool, "MAX_SECONDS", 1)
    redraw(SMALL)
    [pid] = idle()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(FileRefused, match="longer than 1 seconds"):
        redraw(SMALL)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@on_linux
def test_what_needs_too_much_memory_is_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(worker_pool, "MIN_MEMORY", 120 * 1024 * 1024)
    monkeypatch.setattr(worker_pool, "BYTES_A_PIXEL", 0)
    with pytest.raises(FileRefused, match="memory"):
        redraw(hostile.png_bomb(5000, 4900))
    assert redraw(SMALL)


@on_linux
def test_a_picture_of_the_most_pixels_fits_into_the_memory_that_it_gets():
    decoded = redraw(hostile.png_bomb(5000, 5000))
    assert decoded.width == 5000
    small = [one for one in recipes_for(5000, 5000) if one.width < 400]
    with decoded.file as file:
        content = file.read()
    assert len(draw(content, small)) == len(small)


def test_a_child_that_died_while_it_waited_is_replaced():
    redraw(SMALL)
    [pid] = idle()
    os.kill(pid, signal.SIGKILL)
    assert redraw(SMALL).width == 60
    assert idle() != [pid]


def test_a_child_that_dies_over_a_picture_refuses_it(monkeypatch):
    # The child does not even start.
    monkeypatch.setattr(worker_pool, "_START", "import sys; sys.exit(1)")
    with pytest.raises(FileRefused, match="cannot be read"):
        redraw(SMALL)
    with pytest.raises(worker_pool.CannotBeDrawn):
        draw(SMALL, recipes_for(60, 40))


@pytest.mark.parametrize(
    "answer",
    [
        b"no message\n",
        b'{"size": 9999999999}\n',
        b'{"size": -1}\n',
        b'{"size": 0, "format": "EXE", "width": 1, "height": 1, "has_alpha": false, "frames": 1}\n',
        b'{"size": 0, "format": "PNG", "width": "1", "height": 1, "has_alpha": false, "frames": 1}\n',
        b'{"size": 0, "format": "PNG", "width": 99999, "height": 1, "has_alpha": false, "frames": 1}\n',
        b"x" * 80_000,
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(monkeypatch, answer):
    says = f"import sys; sys.stdout.buffer.write({answer!r}); sys.stdout.flush(); sys.stdin.buffer.read()"
    monkeypatch.setattr(worker_pool, "_START", says)
    with pytest.raises(FileRefused, match="cannot be read"):
        redraw(SMALL)


def test_whoever_stops_reading_ends_the_child():
    renditions = worker_pool.draw_in_worker(
        io.BytesIO(SMALL), len(SMALL), recipes_for(60, 40)
    )
    next(renditions)
    renditions.close()
    assert idle() == []


def test_a_decoder_knows_no_secret_and_has_no_django(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "a secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://name:password@host/x")
    redraw(SMALL)
    [child] = worker_pool._idle
    environment = Path(f"/proc/{child.process.pid}/environ")
    if environment.exists():
        assert b"secret" not in environment.read_bytes()
        assert b"password" not in environment.read_bytes()
    code = (
        f"import sys; sys.path.insert(0, {str(worker_pool.ROOT)!r}); "
        "import articles.images.processing.worker; sys.exit('django' in sys.modules)"
    )
    assert subprocess.call([sys.executable, "-I", "-c", code]) == 0


def test_a_broken_picture_cannot_be_drawn():
    with pytest.raises(worker_pool.CannotBeDrawn):
        draw(b"\x89PNG\r\n", recipes_for(60, 40))


# Turns


def test_more_than_there_are_turns_wait_and_are_told_after_a_while(
    settings, monkeypatch
):
    settings.IMAGE_PROCESSES = 2
    monkeypatch.setattr(worker_pool, "LONGEST_WAIT", 0.2)
    with (
        worker_pool.turn(),
        worker_pool.turn(),
        pytest.raises(worker_pool.Busy),
        worker_pool.turn(),
    ):
        pass
    with worker_pool.turn():
        pass


def test_turns_are_counted_over_all_processes_of_the_machine(settings, monkeypatch):
    settings.IMAGE_PROCESSES = 1
    monkeypatch.setattr(worker_pool, "LONGEST_WAIT", 0.2)
    with worker_pool.turn():
        pass
    file = Path(settings.IMAGE_TURNS_DIR) / "0.lock"
    code = (
        f"import fcntl, sys; file = open({str(file)!r}, 'w'); fcntl.flock(file, fcntl.LOCK_EX); "
        "print('locked', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(worker_pool.Busy), worker_pool.turn():
            pass
        other.kill()
    # A killed process releases its turn.
    with worker_pool.turn():
        pass


def test_a_crowd_of_threads_has_no_more_children_than_there_are_turns(settings):
    settings.IMAGE_PROCESSES = 2
    with ThreadPoolExecutor(worker_pool.IN_LINE) as people:
        widths = list(people.map(lambda _: redraw(SMALL).width, range(24)))
    assert widths == [60] * 24
    assert 1 <= len(idle()) <= 2


def test_a_thread_beyond_those_that_may_wait_is_told_at_once(monkeypatch):
    monkeypatch.setattr(worker_pool, "_line", worker_pool.threading.BoundedSemaphore(1))
    with worker_pool.turn():
        start = time.monotonic()
        with pytest.raises(worker_pool.Busy), worker_pool.turn():
            pass
    assert time.monotonic() - start < 1
