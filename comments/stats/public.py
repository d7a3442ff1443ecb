"""What the public is told of how comments are decided."""

import math
from datetime import timedelta
from statistics import median

from comments.models import Decision

# As many decisions, the newest, are looked at; and no fewer say anything.
LOOKED_AT = 1000
ENOUGH = 20


def typical_wait():
    """How long half of the comments that waited did so at most, and by how many decisions that is known; None when there are too few."""
    waits = Decision.objects.after_a_wait().values_list("waited", flat=True)
    waits = list(waits[:LOOKED_AT])
    return (median(waits), len(waits)) if len(waits) >= ENOUGH else None


def in_words(wait: timedelta) -> str:
    """The time as one says it, and never less than it is: `2 hours`."""
    minutes = max(math.ceil(wait / timedelta(minutes=1)), 1)
    hours, days = math.ceil(minutes / 60), math.ceil(minutes / (24 * 60))
    if minutes < 60:
        return _so_many(minutes, "minute")
    return _so_many(hours, "hour") if hours < 48 else _so_many(days, "day")


def _so_many(number, unit):
    return f"{number} {unit}{'s' if number != 1 else ''}"
