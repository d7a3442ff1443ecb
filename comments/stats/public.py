"""Figures for readers: how long comments wait for a decision."""

import math
from datetime import timedelta
from statistics import median

from comments.models import Decision

# The number of newest decisions that are read, and the fewest that give a figure.
DECISIONS_READ = 1000
ENOUGH = 20


def typical_wait():
    """The median waiting time and the number of decisions it comes from; None if too few."""
    waits = Decision.objects.after_a_wait().values_list("waited", flat=True)
    waits = list(waits[:DECISIONS_READ])
    return (median(waits), len(waits)) if len(waits) >= ENOUGH else None


def wait_in_words(wait: timedelta) -> str:
    """The time in words, rounded up: `2 hours`."""
    minutes = max(math.ceil(wait / timedelta(minutes=1)), 1)
    hours, days = math.ceil(minutes / 60), math.ceil(minutes / (24 * 60))
    if minutes < 60:
        return _counted(minutes, "minute")
    return _counted(hours, "hour") if hours < 48 else _counted(days, "day")


def _counted(number, unit):
    return f"{number} {unit}{'s' if number != 1 else ''}"
