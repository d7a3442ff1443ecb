"""One JSON object a line, with the secrets of private links taken out."""

import json
import logging
import re
import time

# Whoever holds such a link acts for the one it was given to, or reads what is not public.
_PRIVATE_LINK = re.compile(
    r"(/comments/(?:mine|data|decide)/|/corrections/mine/|/preview/(?=[\w-])|/calendar/(?=[^/\s]+\.ics)"
    r"|/comments/mail/[^/\s]+/|/reset/[^/\s]+/)"
    r"[^/\s\"']+"
)


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
