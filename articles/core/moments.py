"""Moments as the desk writes them."""

from datetime import datetime

from django.utils import timezone


def moment_in_words(moment: datetime) -> str:
    """A moment by the clock of the site, with its zone: “30 November 2026, 16:05 CET”."""
    return f"{timezone.localtime(moment):%-d %B %Y, %H:%M %Z}"
