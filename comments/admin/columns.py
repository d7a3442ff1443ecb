"""Cells of the lists. What people wrote is escaped, isolated (bidi) and clipped."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince, timeuntil

from articles.core.text.counting import shortened


def excerpt(text, length):
    return shortened(" ".join(text.split()), length)


def name(text):
    """A name whose direction of writing cannot affect the rest of the line."""
    return format_html("<bdi>{}</bdi>", text)


def time_with_title(at, words):
    """A time in words, with the exact time in its title."""
    exact = date_format(timezone.localtime(at), "j F Y, H:i:s e")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, words
    )


def since(at):
    """How long ago the moment was, in one unit: “3 hours”."""
    return timesince(at, depth=1)


def until(at):
    """How long it is until the moment, in one unit: “3 days”."""
    return timeuntil(at, depth=1)


def flags(comment):
    """Open reports by readers, and the author's open appeal."""
    said = []
    if number := comment.open_reports:
        said.append(f"{number} report{'s' if number != 1 else ''}")
    if comment.has_open_appeal:
        said.append("appealed")
    return format_html_join(
        "", '<div class="flag">{}</div>', [(word,) for word in said]
    )
