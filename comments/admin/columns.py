"""Cells of the lists. What people wrote is escaped, isolated (bidi) and clipped."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.core.durations import DAY, HOUR, MINUTE, duration_in_words
from articles.core.text.counting import shortened


def excerpt(text, length):
    return shortened(" ".join(text.split()), length)


def name(text):
    """A name whose direction of writing cannot affect the rest of the line."""
    return format_html("<bdi>{}</bdi>", text)


def time_with_title(at, words):
    """A time in words, with the exact time in its title."""
    local = timezone.localtime(at)
    exact = f"{date_format(local, 'DATE_FORMAT')}, {date_format(local, 'H:i:s e')}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, words
    )


def since(at):
    """How long ago the moment was, in one unit: “3 hours”."""
    return timesince(at, depth=1)


def ago(at):
    """How long ago the moment was, as a phrase: “3 hours ago”."""
    return _("%(time)s ago") % {"time": since(at)}


def wait(at):
    """How long something has waited since the moment, in one unit: “12 days”."""
    seconds = max((timezone.now() - at).total_seconds(), MINUTE)
    unit = MINUTE if seconds < HOUR else HOUR if seconds < 2 * DAY else DAY
    whole = timedelta(seconds=seconds // unit * unit)
    return duration_in_words(whole, smallest=MINUTE)


def waiting_since(at):
    """The same as a phrase: “Waiting for 12 days”."""
    return _("Waiting for %(time)s") % {"time": wait(at)}


def in_digits(number):
    """A whole number in groups of three digits: “20,000”."""
    return number_format(number, force_grouping=True)


def until(at):
    """How long it is until the moment, in one unit: “3 days”."""
    return timeuntil(at, depth=1)


def comment_by(number, author):
    """“Comment 12 by Ana”, with the name isolated."""
    return format_html(
        _("Comment {number} by {name}"), number=number, name=name(author)
    )


def quoted(comment):
    """The name and the first words of the comment, both isolated: “Ana: “Well said””."""
    return format_html(
        _("{name}: “{words}”"),
        name=name(comment.name),
        words=name(excerpt(comment.body, 60)),
    )


def flags(comment):
    """Open reports by readers, and the author's open appeal."""
    said = []
    if number := comment.open_reports:
        said.append(
            ngettext("%(number)d report", "%(number)d reports", number)
            % {"number": number}
        )
    if comment.has_open_appeal:
        said.append(_("Appealed"))
    return format_html_join(
        "", '<div class="flag">{}</div>', [(word,) for word in said]
    )
