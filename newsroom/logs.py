"""One JSON object a line, with the secrets of private links taken out."""

import json
import logging
import re
import time

# One slash in an address, also encoded, once or several times; and all that may stand
# between two of its parts.
_SLASH = r"(?:[/\\]|%(?:25)*(?:2f|5c))"
_BETWEEN = rf"(?:{_SLASH}|(?<=[/\\])\.(?=[/\\]))++"
_PART = rf"(?:(?!{_SLASH})[^\s\"'])"


def _part(word):
    """A pattern for the word, each letter as it is or percent-encoded, once or several times."""
    letters = (
        f"(?:{char}|%(?:25)*(?:{ord(char):x}|{ord(char.upper()):x}))" for char in word
    )
    return "".join(letters)


def _path(*parts):
    return _SLASH + _BETWEEN.join(parts) + _BETWEEN


# Whoever holds such a link acts for the one it was given to, or reads what is not public.
_PRIVATE_LINKS = [
    *(_path(_part("comments"), _part(page)) for page in ["mine", "data", "decide"]),
    _path(_part("comments"), _part("mail"), f"{_PART}++"),
    _path(_part("corrections"), _part("mine")),
    _path(_part("reset"), f"{_PART}++"),
    _path(_part("preview")) + r"(?=[\w%-])",
    _path(_part("calendar")) + rf"(?={_PART}+(?:\.|%(?:25)*2e){_part('ics')})",
]
# In any spelling, whatever the site answers there: a link that was copied badly holds the
# token all the same. The time it takes grows with the length of the text and not faster.
_PRIVATE_LINK = re.compile(rf"({'|'.join(_PRIVATE_LINKS)}){_PART}++", re.IGNORECASE)


def masked(text: str) -> str:
    """The text with the token of every private link replaced by dots."""
    return _PRIVATE_LINK.sub(r"\1…", text)


class JSONFormatter(logging.Formatter):
    """Time (UTC, to the millisecond), level, logger and message; the traceback when there is one."""

    converter = time.gmtime
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record):
        entry = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        # What strangers send wrong, such as a Host that is not ours, is no fault of the code.
        if record.exc_info and not record.name.startswith("django.security."):
            entry["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)
