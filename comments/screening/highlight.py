"""Mark the words of a comment that the screening found."""

from django.utils.html import format_html, format_html_join

from articles.core.text.normalisation import fold
from comments.screening.links import links_in
from comments.screening.terms import matches

# The words in findings of these rules are words of the comment. Other rules store the names
# that the comment's name resembles.
_OF_THE_COMMENT = {"banned_terms", "suspect_terms", "classifier", "links"}


def marked(body, signals):
    """The body as escaped HTML with the matches in `<mark>`; no letter of it is lost."""
    parts, end = [], 0
    for start, stop in _together(_spans(body, signals)):
        parts.append((body[end:start], body[start:stop]))
        end = stop
    return format_html(
        "{}{}", format_html_join("", "{}<mark>{}</mark>", parts), body[end:]
    )


def _spans(body, signals):
    words = {
        word
        for signal in signals
        if signal.rule in _OF_THE_COMMENT
        for word in signal.words.split("\n")
    }
    yield from matches(body, {folded for word in words if (folded := fold(word))})
    end = 0
    for link in links_in(body):
        start = body.index(link, end)
        end = start + len(link)
        if link in words:
            yield start, end


def _together(spans):
    """Yield the spans in order, with overlapping ones joined."""
    last = None
    for start, end in sorted(spans):
        if last and start <= last[1]:
            last = (last[0], max(last[1], end))
        else:
            if last:
                yield last
            last = (start, end)
    if last:
        yield last
