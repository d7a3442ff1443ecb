import json
import logging
import sys
import time

import pytest

from newsroom.logs import JSONFormatter, masked


def logged(message, *arguments, **fields):
    record = logging.makeLogRecord(
        {
            "name": "newsroom.test",
            "levelname": "WARNING",
            "msg": message,
            "args": arguments,
        }
        | fields
    )
    return JSONFormatter().format(record)


def test_a_line_is_one_json_object():
    line = logged("Two\nlines, “quoted”: %s", "Ж", created=1767225600.5, msecs=500.0)
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-01-01T00:00:00.500Z",
        "level": "warning",
        "logger": "newsroom.test",
        "message": "Two\nlines, “quoted”: Ж",
    }


def test_a_traceback_stands_in_the_same_line():
    try:
        raise ValueError("/comments/mine/abc:def/")
    except ValueError:
        line = logged("It went wrong", exc_info=sys.exc_info())
    entry = json.loads(line)
    assert "ValueError: /comments/mine/…/" in entry["traceback"]
    assert "abc:def" not in line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Not Found: /comments/mine/eyJ:1x:Zz_-/edit/",
            "Not Found: /comments/mine/…/edit/",
        ),
        ("GET /admin/reset/MQ/d3f-0a1/", "GET /admin/reset/MQ/…/"),
        (
            "/comments/mine/abc?x=1 and /comments/mine/def",
            "/comments/mine/… and /comments/mine/…",
        ),
        ("/corrections/mine/12:Zz_-/", "/corrections/mine/…/"),
        ("/comments/decide/1.1.1.0.5.17:Zz_-/", "/comments/decide/…/"),
        (
            "/comments/mail/stop/7.9:Zz_-/ and /comments/mail/data/7.1:x/",
            "/comments/mail/stop/…/ and /comments/mail/data/…/",
        ),
        ("GET /preview/Zz_-9/ and so on", "GET /preview/…/ and so on"),
        ("GET /calendar/Zz_-9.ics", "GET /calendar/…"),
        ("//comments//mine/12:Zz_-/", "//comments//mine/…/"),
        ("/comments/./mine/12:Zz_-/", "/comments/./mine/…/"),
        ("/COMMENTS/Mine/12:Zz_-/", "/COMMENTS/Mine/…/"),
        ("/comments%2fmine%2F12:Zz_-%2F", "/comments%2fmine%2F…%2F"),
        ("/comments/%6din%65/12%3AZz_-/", "/comments/%6din%65/…/"),
        ("/c%256fmments/mine/12:Zz_-/", "/c%256fmments/mine/…/"),
        ("/comments%252fmine%252f12:Zz_-", "/comments%252fmine%252f…"),
        ("\\comments\\mine\\12:Zz_-", "\\comments\\mine\\…"),
        ("//comments/mail//stop//7.9:Zz_-/", "//comments/mail//stop//…/"),
        ("/CORRECTIONS/MINE/12:Zz_-/", "/CORRECTIONS/MINE/…/"),
        ("/admin//RESET//MQ//d3f-0a1/", "/admin//RESET//MQ//…/"),
        ("/Preview//Zz_-9/", "/Preview//…/"),
        ("/calendar//Zz_-9%2eICS", "/calendar//…"),
        ("/admin/articles/calendar/?month=2026-11",) * 2,
        ("/articles/mine/", "/articles/mine/"),
    ],
)
def test_nobody_can_act_for_others_with_what_the_log_says(text, shown):
    assert masked(text) == shown


def test_what_django_logs_of_a_private_page_is_masked(client, db, caplog):
    caplog.handler.setFormatter(JSONFormatter())
    client.get("/comments/mine/no-such:token/")
    assert "/comments/mine/…" in caplog.text
    assert "no-such" not in caplog.text


def test_what_a_stranger_sends_wrong_makes_one_line_without_a_traceback(
    db, client, caplog
):
    assert client.get("/", HTTP_HOST="evil.example").status_code == 400
    records = [r for r in caplog.records if r.name.startswith("django.security.")]
    [line] = [json.loads(JSONFormatter().format(record)) for record in records]
    assert "evil.example" in line["message"]
    assert "traceback" not in line


@pytest.mark.parametrize(
    "piece",
    ["/", "%2f", "/.", "/comments", "/comments/mail/", "/calendar/", "%25", "/reset/a"],
)
def test_masking_takes_time_in_proportion_to_the_length(piece):
    def seconds(text):
        start = time.process_time()
        masked(text)
        return time.process_time() - start

    few, many = (
        min(seconds(piece * (length // len(piece))) for _ in range(3))
        for length in [4_000, 32_000]
    )
    assert many < 24 * few + 0.001
