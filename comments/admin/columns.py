"""What the cells of the lists are made of; what people wrote is escaped, isolated and clipped."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.timesince import timesince, timeuntil


def excerpt(text, length):
    return Truncator(" ".join(text.split())).chars(length)


def name(text):
    """A name that cannot turn the line around it."""
    return format_html("<bdi>{}</bdi>", text)


def moment(at, words):
    """A time in words, with the exact moment in its title."""
    exact = date_format(timezone.localtime(at), "j F Y, H:i:s e")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, words
    )


def since(at):
    """How long ago, in one unit: “3 hours”."""
    return timesince(at, depth=1)


def until(at):
    """How long until then, in one unit: “3 days”."""
    return timeuntil(at, depth=1)


def flags(comment):
    """What readers and its author have said of the comment that no moderator has answered."""
    said = []
    if number := comment.open_reports:
        said.append(f"{number} report{'s' if number != 1 else ''}")
    if comment.has_open_appeal:
        said.append("appealed")
    return format_html_join(
        "", '<div class="flag">{}</div>', [(word,) for word in said]
    )
