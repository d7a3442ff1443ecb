"""Dates with times, written as text."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def moment_in_words(moment: datetime) -> str:
    """The moment in the time zone of the site: “30 November 2026, 16:05 CET”."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
