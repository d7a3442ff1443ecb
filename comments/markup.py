"""A comment's plain text: what may be kept of it, and how it becomes HTML."""

import re
import unicodedata
from itertools import groupby
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Marks, embeddings, overrides and isolates: they turn the direction of the text around
# them, so that a name reads as another or a line as its opposite.
_BIDI_CONTROLS = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
# Those of them that force a direction upon letters; the others stay inside their paragraph.
_BIDI_OVERRIDES = dict.fromkeys([0x202D, 0x202E])
# Letters and a symbol by their category that leave nothing on the page.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")

# An address ends where a space, a quotation mark, a bracket or a character that cannot be seen begins.
_ADDRESS = re.compile(
    r"\b(?:https?://|mailto:)"
    r"[^\s<>\"\x00-\x20\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+",
    re.IGNORECASE,
)
_REL = "nofollow ugc noopener"
_SENTENCE_ENDS = frozenset(".,:;!?'’”»…*_")
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def kept_text(typed: str) -> str:
    """The text with one kind of line end, and without the control characters and halves of characters that nobody can see."""
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char in "\n\t" or not _unusable(char))


def kept_line(typed: str) -> str:
    """The text as one line of single spaces that cannot turn the direction of what follows it."""
    return " ".join(kept_text(typed).translate(_BIDI_CONTROLS).split())


def has_something_to_see(text: str) -> bool:
    """Whether any character of the text leaves a mark on the page."""
    return any(
        unicodedata.category(char)[0] in "LNPS" and char not in _BLANKS for char in text
    )


def as_html(text: str) -> SafeString:
    """
    The text as paragraphs with line breaks and links; everything else in it is text.

    A run of empty lines parts two paragraphs, however long it is. The time it
    takes grows with the length of the text and not faster.
    """
    lines = text.split("\n")
    paragraphs = (
        "<br>".join(_with_links(line.rstrip()) for line in group)
        for is_text, group in groupby(lines, key=lambda line: bool(line.strip()))
        if is_text
    )
    # Safe: `_with_links` escapes every character of the text, addresses too, and
    # the tags around them are our own.
    return mark_safe("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))


def _unusable(char):
    # Controls, lone surrogates, and the code points that are no characters (which XML refuses).
    return unicodedata.category(char) in {"Cc", "Cs"} or (ord(char) & 0xFFFE) == 0xFFFE


def _with_links(line):
    html = []
    position = 0
    for found in _ADDRESS.finditer(line):
        address = _without_the_sentence(found.group())
        if not _leads_somewhere(address):
            continue
        html.append(_text(line[position : found.start()]))
        html.append(f'<a href="{escape(address)}" rel="{_REL}">{escape(address)}</a>')
        position = found.start() + len(address)
    html.append(_text(line[position:]))
    return "".join(html)


def _text(words):
    return escape(words.translate(_BIDI_OVERRIDES))


def _without_the_sentence(address):
    """The address without what belongs to the sentence around it: its full stop, its closing bracket."""
    end = len(address)
    surplus = {
        closing: address.count(closing) - address.count(opening)
        for closing, opening in _BRACKETS.items()
    }
    while end:
        last = address[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _SENTENCE_ENDS:
            break
        end -= 1
    return address[:end]


def _leads_somewhere(address):
    try:
        parts = urlsplit(address)
        if parts.scheme == "mailto":
            return "@" in parts.path.strip("@")
        # A name before the host looks like the host.
        return bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
