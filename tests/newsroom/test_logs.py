import json
import logging
import re
import sys
import time

import pytest
from django.conf import settings as django_settings

from newsroom import logs
from newsroom.logs import JSONFormatter, masked, request_id_of_lines


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


def test_a_line_names_the_request_that_it_belongs_to():
    token = request_id_of_lines.set("abc-1")
    line = json.loads(logged("Something"))
    request_id_of_lines.reset(token)
    assert line["request_id"] == "abc-1"
    assert "request_id" not in json.loads(logged("Something"))


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def fault_lines(formatter, *faults):
    """The lines about these exceptions, which are raised at the same place."""
    lines = []
    for fault in faults:
        try:
            raise fault
        except Exception:
            record = logging.makeLogRecord(
                {"name": "x", "msg": "Oh", "exc_info": sys.exc_info()}
            )
            lines.append(json.loads(formatter.format(record)))
    return lines


def test_the_traceback_of_the_same_fault_is_logged_once_a_minute():
    clock = Clock()
    formatter = JSONFormatter(clock=clock)
    lines = fault_lines(formatter, *[ValueError("Bad")] * 4, KeyError("x"))
    assert ["traceback" in line for line in lines] == [True] + [False] * 3 + [True]
    # Each line still says what went wrong, and where.
    assert {line["fault"] for line in lines[:4]} == {lines[0]["fault"]}
    assert re.fullmatch(r"ValueError at .*/test_logs\.py:\d+", lines[0]["fault"])
    assert "left_out" not in lines[0]
    clock.now += 59.9
    [line] = fault_lines(formatter, ValueError("Bad"))
    assert "traceback" not in line
    clock.now += 0.1
    first, second = fault_lines(formatter, *[ValueError("Bad")] * 2)
    assert "traceback" in first
    assert first["left_out"] == 4
    assert "traceback" not in second


def test_the_same_fault_at_another_place_has_its_own_traceback():
    formatter = JSONFormatter(clock=Clock())
    assert "traceback" in fault_lines(formatter, ValueError())[0]
    try:
        raise ValueError
    except ValueError:
        record = logging.makeLogRecord(
            {"name": "x", "msg": "Oh", "exc_info": sys.exc_info()}
        )
    assert "traceback" in json.loads(formatter.format(record))


def test_the_memory_of_faults_is_bounded(monkeypatch):
    monkeypatch.setattr(logs, "MOST_FAULTS", 3)
    formatter = JSONFormatter(clock=Clock())
    kinds = [type(f"Fault{number}", (Exception,), {}) for number in range(9)]
    fault_lines(formatter, *(kind() for kind in kinds))
    assert len(formatter._faults._known) == 3


def test_tasks_that_went_well_are_not_logged():
    logger = logging.getLogger("django.tasks")
    assert not django_settings.DEBUG
    assert not logger.isEnabledFor(logging.INFO)
    assert logger.isEnabledFor(logging.ERROR)


def test_the_server_is_not_told_to_tune_threads_that_it_does_not_use(caplog):
    # As granian begins to serve with more workers than there are cores.
    granian = logging.getLogger("_granian")
    granian.warning("Configured number of workers appears to be higher than the amount")
    granian.warning("Port 8000 is taken")
    assert caplog.messages == ["Port 8000 is taken"]


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
