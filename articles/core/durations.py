"""Lengths of time in words."""

import math
from datetime import timedelta

from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


def duration_in_words(duration: timedelta, *, smallest: int = 1) -> str:
    """
    The time in one unit, rounded up: “45 seconds”, “5 minutes”, “36 hours”, “2 days”.

    Hours go up to 47. `smallest` is the smallest unit that is told, in seconds: 1 or MINUTE.
    """
    seconds = max(math.ceil(duration.total_seconds()), 1)
    if seconds < MINUTE and smallest < MINUTE:
        return ngettext("%(number)d second", "%(number)d seconds", seconds) % {
            "number": seconds
        }
    minutes = math.ceil(seconds / MINUTE)
    if minutes < 60:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {
            "number": minutes
        }
    hours = math.ceil(seconds / HOUR)
    if hours < 48:
        return ngettext("%(number)d hour", "%(number)d hours", hours) % {
            "number": hours
        }
    days = math.ceil(seconds / DAY)
    return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}
