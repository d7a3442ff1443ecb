"""
The log format: one JSON object per line, with the tokens of secret links masked.

python-json-logger was tried and not taken: it copies every `extra` of a record into the line,
such as the request, unmasked, and its times have no zone. To override that takes as many lines
as the formatter below.
"""

import json
import logging
import re
import threading
import time
from collections import OrderedDict
from contextvars import ContextVar
from typing import Any

# The id of the request that this thread works on; every log line of the thread carries it.
request_id_of_lines = ContextVar("request_id_of_lines", default=None)

# The traceback of the same fault is logged once in this many seconds.
SECONDS_BETWEEN_TRACEBACKS = 60.0
# The number of faults that are told apart; the one logged longest ago is forgotten first.
MOST_FAULTS = 500

# A slash in an address, possibly percent-encoded, once or several times; and everything
# that may separate two parts of a path.
_SLASH = r"(?:[/\\]|%(?:25)*(?:2f|5c))"
_BETWEEN = rf"(?:{_SLASH}|(?<=[/\\])\.(?=[/\\]))++"
_PART = rf"(?:(?!{_SLASH})[^\s\"'])"


def _part(word):
    """A pattern for the word, in which each letter may be percent-encoded, several times over."""
    letters = (
        f"(?:{char}|%(?:25)*(?:{ord(char):x}|{ord(char.upper()):x}))" for char in word
    )
    return "".join(letters)


def _path(*parts):
    return _SLASH + _BETWEEN.join(parts) + _BETWEEN


# The holder of such a link acts for its owner, or reads what is not public.
_PRIVATE_LINKS = [
    *(_path(_part("comments"), _part(page)) for page in ["mine", "data", "decide"]),
    _path(_part("comments"), _part("mail"), f"{_PART}++"),
    _path(_part("corrections"), _part("mine")),
    _path(_part("reset"), f"{_PART}++"),
    _path(_part("preview")) + r"(?=[\w%-])",
    _path(_part("calendar")) + rf"(?={_PART}+(?:\.|%(?:25)*2e){_part('ics')})",
]
# Matches every spelling, also one that the site answers with 404: a link that was copied
# badly still holds the token. The time grows linearly with the length of the text.
_PRIVATE_LINK = re.compile(rf"({'|'.join(_PRIVATE_LINKS)}){_PART}++", re.IGNORECASE)


def masked(text: str) -> str:
    """The text with the token of every secret link replaced by dots."""
    return _PRIVATE_LINK.sub(r"\1…", text)


class NoAdviceAboutThreads(logging.Filter):
    """Drops granian's advice to tune its threads instead of the workers: `serve` uses other ones."""

    def filter(self, record):
        return not record.getMessage().startswith("Configured number of ")


class JSONFormatter(logging.Formatter):
    """
    One log record as a JSON object.

    Time (UTC, with milliseconds), level, logger and message; the id of the request if there is
    one; of an exception its kind and place, and its traceback unless the same fault was logged in
    the last minute. `left_out` counts the tracebacks that were left out before this one. `clock`
    returns monotonic seconds.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, *arguments, clock=time.monotonic, **options):
        super().__init__(*arguments, **options)
        self._faults = Faults(clock)

    def format(self, record):
        entry = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if (request_id := request_id_of_lines.get()) is not None:
            entry["request_id"] = request_id
        # Invalid requests of strangers, such as a wrong Host, are no errors of the code.
        if record.exc_info and not record.name.startswith("django.security."):
            entry |= self._of_exception(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)

    def _of_exception(self, exc_info):
        fault = fault_of(exc_info)
        is_wanted, left_out = self._faults.count(fault)
        about = {"fault": fault}
        if is_wanted:
            about["traceback"] = masked(self.formatException(exc_info))
            if left_out:
                about["left_out"] = left_out
        return about


class Faults:
    """When the traceback of each fault was last logged, and how many were left out since."""

    def __init__(self, clock):
        self._clock = clock
        self._known = OrderedDict()
        self._lock = threading.Lock()

    def count(self, fault: str) -> tuple[bool, int]:
        """Whether its traceback is to be logged now, and how many were left out before."""
        now = self._clock()
        with self._lock:
            logged_at, left_out = self._known.get(fault, (None, 0))
            if logged_at is not None and now - logged_at < SECONDS_BETWEEN_TRACEBACKS:
                self._known[fault] = logged_at, left_out + 1
                return False, 0
            self._known[fault] = now, 0
            self._known.move_to_end(fault)
            if len(self._known) > MOST_FAULTS:
                self._known.popitem(last=False)
            return True, left_out


def fault_of(exc_info: Any) -> str:
    """The kind of an exception and the place where it was raised: what makes two faults the same."""
    kind, _, frames = exc_info
    if kind is None:
        return "unknown"
    if frames is None:
        return kind.__qualname__
    while frames.tb_next is not None:
        frames = frames.tb_next
    path = frames.tb_frame.f_code.co_filename
    return f"{kind.__qualname__} at {path}:{frames.tb_lineno}"
