"""A comment's plain text: what may be kept of it, and how it becomes HTML."""

import re
import unicodedata
from functools import lru_cache

import regex
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from comments.text.markdown import parsed

# Marks, embeddings, overrides and isolates: they turn the direction of the text around
# them, so that a name reads as another or a line as its opposite.
_BIDI_CONTROLS = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
# Those of them that force a direction upon letters; the others stay inside their paragraph.
_BIDI_OVERRIDES = dict.fromkeys([0x202D, 0x202E])
# Two of these are one flag. `regex` counts back to the first of a row at each of them,
# which takes the square of the length of the row.
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
# Marks on one letter that no writing system exceeds (UAX #15, Stream-Safe Text Format).
# Normalising a longer row takes the square of its length.
MOST_MARKS = 30
# Letters and a symbol by their category that leave nothing on the page.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")

_REL = "nofollow ugc noopener"
# Every tag that a comment can have, beside its links and its code.
_TAGS = {
    "paragraph_open": "<p>",
    "paragraph_close": "</p>",
    "blockquote_open": "<blockquote>",
    "blockquote_close": "</blockquote>",
    "em_open": "<em>",
    "em_close": "</em>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "softbreak": "<br>",
    "hardbreak": "<br>",
}


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


def characters(text: str) -> int:
    """
    How many characters people see in the text: a letter with its accents is one, a flag is one.

    The time it takes grows with the length of the text and not faster.
    """
    # A letter in place of each flag: what follows joins the one as it joins the other.
    return sum(1 for _ in regex.finditer(r"\X", _FLAGS.sub("x", text)))


def has_tower_of_marks(text: str) -> bool:
    """Whether more than MOST_MARKS combining marks follow each other anywhere in the text."""
    if text.isascii():
        return False
    in_a_row = 0
    for char in text:
        in_a_row = in_a_row + 1 if unicodedata.combining(char) else 0
        if in_a_row > MOST_MARKS:
            return True
    return False


# A page is made anew every second, and of the same words.
@lru_cache(maxsize=1024)
def as_html(text: str) -> SafeString:
    """
    The text as comments show it everywhere: see comments.text.markdown for what it may hold.

    The time it takes grows with the length of the text and not faster.
    """
    # Safe: `_html_of` escapes every character of the text, addresses too, and the
    # tags around them are our own.
    return mark_safe("".join(_html_of(token) for token in _tokens_of(text)))


def as_plain(text: str) -> str:
    """
    The words of the text for an excerpt or a mail: without its formatting, and
    without what it quotes, unless it is nothing but a quote.
    """
    tokens = list(_tokens_of(text))
    return _plain(_unquoted(tokens)) or _plain(tokens)


def _unusable(char):
    # Controls, lone surrogates, and the code points that are no characters (which XML refuses).
    return unicodedata.category(char) in {"Cc", "Cs"} or (ord(char) & 0xFFFE) == 0xFFFE


def _tokens_of(text):
    """The tokens in the order of the text, without quotes of nothing and emphasis within emphasis."""
    # A line that shows nothing is an empty line, whatever it is made of.
    lines = [line if has_something_to_see(line) else "" for line in text.split("\n")]
    opened = dict.fromkeys(["em", "strong"], 0)
    for block in _without_empty_quotes(parsed("\n".join(lines))):
        for token in block.children if block.type == "inline" else [block]:
            before = opened.get(token.tag, 0)
            if token.tag in opened:
                opened[token.tag] += token.nesting
            if token.tag not in opened or 0 in (before, opened[token.tag]):
                yield token


def _without_empty_quotes(blocks):
    kept = []
    for block in blocks:
        is_empty = (
            block.type == "blockquote_close" and kept[-1].type == "blockquote_open"
        )
        kept.pop() if is_empty else kept.append(block)
    return kept


def _unquoted(tokens):
    depth = 0
    for token in tokens:
        if token.tag == "blockquote":
            depth += token.nesting
        elif not depth:
            yield token


def _html_of(token):
    if token.type == "text":
        return _text(token.content)
    if token.type == "code_inline":
        return f"<code>{_text(token.content)}</code>"
    if token.type == "address":
        address = escape(token.content)
        return f'<a href="{address}" rel="{_REL}">{address}</a>'
    return _TAGS[token.type]


def _text(words):
    return escape(words.translate(_BIDI_OVERRIDES))


def _plain(tokens):
    return "".join(_plain_of(token) for token in tokens).strip()


def _plain_of(token):
    if token.type == "paragraph_close":
        return "\n\n"
    if token.tag == "br":
        return "\n"
    return token.content.translate(_BIDI_OVERRIDES)
