"""Figures for readers: how long comments wait for a decision."""

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
