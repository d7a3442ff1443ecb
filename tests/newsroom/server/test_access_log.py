import json
import logging
import os
import threading
import time

import pytest

from newsroom.server import access_log
from newsroom.server.access_log import AccessLog, chunks, line_for
from newsroom.server.exchanges import Exchange


def exchange(path="/", **about):
    about = {"method": "GET", "status": 200, "size": 10} | about
    return Exchange("abc-1", path=path, began=time.perf_counter(), **about)


def logged(*exchanges):
    written = []
    log = AccessLog(write=written.append)
    for each in exchanges:
        log.add(each)
    log.flush()
    return [json.loads(line) for line in b"".join(written).splitlines()]


def test_a_line_says_what_was_asked_and_answered():
    ended = 1767225600.0625
    line = line_for(
        exchange("/é/", status=404, cache="miss", ended=ended, seconds=0.0123456)
    )
    assert json.loads(line) == {
        "time": "2026-01-01T00:00:00.062Z",
        "level": "info",
        "logger": "newsroom.access",
        "message": "request",
        "request_id": "abc-1",
        "method": "GET",
        "path": "/é/",
        "status": 404,
        "ms": 12.3,
        "bytes": 10,
        "cache": "miss",
    }
    assert line.endswith(b"}\n")
    assert "cache" not in json.loads(line_for(exchange()))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/comments/mine/12:secret/", "/comments/mine/…/"),
        ("/comments%2fmine%2f12:secret", "/comments%2fmine%2f…"),
        ('/"\n\\\x00', '/"\n\\\x00'),
        ("/\udc80", "/?"),
        ("/x" * 5000, "/x" * 1000),
    ],
)
def test_a_path_holds_no_secret_and_breaks_no_line(path, shown):
    [line] = logged(exchange(path))
    assert line["path"] == shown


def test_a_method_is_any_text_of_a_stranger():
    [line] = logged(exchange(method='X"' * 1000))
    assert line["method"] == 'X"' * 10


def test_lines_are_written_in_pieces_that_a_pipe_takes_whole():
    lines = [b"x" * 999 + b"\n"] * 9
    assert [len(chunk) for chunk in chunks(lines)] == [4000, 4000, 1000]
    assert b"".join(chunks(lines)) == b"".join(lines)
    assert chunks([b"y" * 9000, b"z"]) == [b"y" * 9000, b"z"]
    assert chunks([]) == []


def test_a_thread_writes_what_was_answered():
    reading, writing = os.pipe()
    log = AccessLog(write=lambda chunk: os.write(writing, chunk))
    log.start()
    log.add(exchange("/first/"))
    with os.fdopen(reading) as lines:
        assert json.loads(lines.readline())["path"] == "/first/"
        log.add(exchange("/last/"))
        log.stop()
        os.close(writing)
        assert json.loads(lines.readline())["path"] == "/last/"


def test_nobody_waits_when_standard_output_takes_nothing(monkeypatch, caplog):
    monkeypatch.setattr(access_log, "MOST_WAITING", 5)
    let_go, is_stuck, written = threading.Event(), threading.Event(), []

    def write(chunk):
        is_stuck.set()
        let_go.wait(60)
        written.append(chunk)

    log = AccessLog(write=write)
    log.start()
    log.add(exchange())
    assert is_stuck.wait(60)
    for _ in range(8):
        log.add(exchange())
    let_go.set()
    log.stop()
    log.flush()
    assert b"".join(written).count(b"\n") == 1 + 5
    assert "3 requests are missing in the access log." in caplog.messages


def slow(seconds, **about):
    asked = exchange("/comments/mine/12:secret/", queries=57, **about)
    asked.began -= seconds
    return asked


def test_a_slow_request_gets_a_warning_with_its_queries(caplog):
    # Whether or not there is an access log.
    AccessLog(write=None).add(slow(2.5))
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "took 2500 ms and 57 queries." in record.getMessage()
    assert "GET /comments/mine/" in record.getMessage()


def test_who_sends_slowly_makes_no_request_slow(caplog):
    log = AccessLog(write=None)
    log.add(slow(0.9))
    log.add(slow(20.0, body_seconds=19.5))
    assert caplog.records == []
