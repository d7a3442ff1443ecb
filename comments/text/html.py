"""A comment's plain text: cleaning what was typed, and turning it into HTML."""

import re
import unicodedata
from functools import lru_cache

import regex
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from comments.text.markdown import parsed

# Marks, embeddings, overrides and isolates. They change the direction of the text around
# them, so that one name can look like another.
_BIDI_CONTROLS = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
# Those that force a direction upon letters. The others have no effect beyond their paragraph.
_BIDI_OVERRIDES = dict.fromkeys([0x202D, 0x202E])
# Two of these make one flag. At each one `regex` walks back to the start of the run, which
# takes quadratic time.
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
# No writing system has more marks on one letter (UAX #15, Stream-Safe Text Format).
# Normalising a longer run takes quadratic time.
MOST_MARKS = 30
# The blocks of scripts that are written from right to left: Hebrew to Arabic Extended-A,
# presentation forms, and two ranges of the second plane (Unicode, DerivedBidiClass.txt).
_FROM_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# Invisible characters whose category says that they are letters or symbols.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")

_REL = "nofollow ugc noopener"
# Every tag that a comment can have, besides links and code.
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
    """The text with line feeds only, and without control characters and lone surrogates."""
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char in "\n\t" or not _unusable(char))


def kept_line(typed: str) -> str:
    """The text as one line with single spaces, and without characters that change direction."""
    return " ".join(kept_text(typed).translate(_BIDI_CONTROLS).split())


def has_something_to_see(text: str) -> bool:
    """Whether any character of the text leaves a mark on the page."""
    return any(
        unicodedata.category(char)[0] in "LNPS" and char not in _BLANKS for char in text
    )


def characters(text: str) -> int:
    """
    How many characters people see (grapheme clusters): an accented letter or a flag is one.

    Takes linear time.
    """
    # A letter replaces each flag, because the same characters can combine with both.
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


# Pages are rendered again every second, mostly from the same texts.
@lru_cache(maxsize=1024)
def as_html(text: str) -> SafeString:
    """
    The text as safe HTML, as every page shows it; comments.text.markdown has the syntax.

    Takes linear time.
    """
    html = "".join(_html_of(token) for token in _tokens_of(text))
    if _FROM_RIGHT_TO_LEFT.search(text):
        # Each paragraph goes in the direction of its own first strong letter.
        html = html.replace("<p>", '<p dir="auto">')
    # Safe: `_html_of` escapes all of the text, addresses too; only our own tags are added.
    return mark_safe(html)


def as_plain(text: str) -> str:
    """
    The text for an excerpt or a mail, without formatting.

    Quotes are left out, unless the text is nothing but a quote.
    """
    tokens = list(_tokens_of(text))
    return _plain(_unquoted(tokens)) or _plain(tokens)


def _unusable(char):
    # Controls, lone surrogates, and noncharacters, which XML does not allow.
    return unicodedata.category(char) in {"Cc", "Cs"} or (ord(char) & 0xFFFE) == 0xFFFE


def _tokens_of(text):
    """Yield the tokens in order, without empty quotes and without nested equal emphasis."""
    # A line of invisible characters counts as empty.
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
