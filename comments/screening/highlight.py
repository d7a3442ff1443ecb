"""The words of a comment that the screening found, marked where they stand."""

import re

from django.utils.html import format_html, format_html_join


def marked(body, signals):
    """The body as HTML, escaped, with what matched in `<mark>`."""
    words = {word for signal in signals for word in signal.words.split("\n") if word}
    if not words:
        return format_html("{}", body)
    longest_first = sorted(words, key=len, reverse=True)
    pattern = "|".join(rf"\b{re.escape(word)}\b" for word in longest_first)
    parts, end = [], 0
    for found in re.finditer(pattern, body, re.IGNORECASE):
        parts.append((body[end : found.start()], found[0]))
        end = found.end()
    return format_html(
        "{}{}", format_html_join("", "{}<mark>{}</mark>", parts), body[end:]
    )
