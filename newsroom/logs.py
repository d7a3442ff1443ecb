"""
The log format: one JSON object per line, with the tokens of secret links masked.

python-json-logger was tried and not taken: it copies every `extra` of a record into the line,
such as the request, unmasked, and its times have no zone. To override that takes as many lines
as the formatter below.
"""

import json
import logging
import re
import time

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


class JSONFormatter(logging.Formatter):
    """Time (UTC, with milliseconds), level, logger and message, and a traceback if there is one."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record):
        entry = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        # Invalid requests of strangers, such as a wrong Host, are no errors of the code.
        if record.exc_info and not record.name.startswith("django.security."):
            entry["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)
