"""Dates with times, written as text."""

from datetime import datetime

from django.utils import timezone


def moment_in_words(moment: datetime) -> str:
    """The moment in the time zone of the site: “30 November 2026, 16:05 CET”."""
    return f"{timezone.localtime(moment):%-d %B %Y, %H:%M %Z}"
