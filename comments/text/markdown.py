"""
The formatting of comments: the small part of Markdown that people type anyway.

Paragraphs, line breaks, quotes, emphasis, code, and bare addresses as links. The rules
are those of markdown-it, restricted so that they do not change literal text: the arm of
¯\\_(ツ)_/¯, the stars of “sh**”, a backtick typed as an apostrophe.
"""

import re
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote
from markdown_it.rules_inline import StateInline, backtick
from markdown_it.rules_inline.emphasis import tokenize as emphasis
from markdown_it.token import Token

# How deep quotes nest; further marks are text.
DEEPEST_QUOTE = 3

# An address ends before a space, a quotation mark, an angle bracket or an invisible character.
_ADDRESS = re.compile(
    r"\b(?:https?://|mailto:)"
    r"[^\s<>\"\x00-\x20\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\[*`>]")
_SCHEMES = ["https", "http", "mailto"]
_SENTENCE_ENDS = frozenset(".,:;!?'’”»…*_`")
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def parsed(text: str) -> list[Token]:
    """
    The text as tokens of markdown-it; links are tokens of type `address`.

    No letter of the text is lost. Takes linear time.
    """
    return _MARKDOWN.parse(text)


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return state.level < DEEPEST_QUOTE and blockquote(state, start, end, silent)


def _end_of_quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # A line without the mark answers the quote and does not continue it.
    return silent


def _escaped(state: StateInline, silent: bool) -> bool:
    """A backslash before a special character makes it literal."""
    if not _ESCAPED.match(state.src, state.pos):
        return False
    if not silent:
        state.append_pending(state.src[state.pos + 1])
    state.pos += 2
    return True


def _code(state: StateInline, silent: bool) -> bool:
    # Directly after a letter or digit, a backtick stands for an apostrophe.
    is_inside_word = state.pos and state.src[state.pos - 1].isalnum()
    if state.src[state.pos] != "`" or not is_inside_word:
        return backtick(state, silent)
    return _as_text(state, _run_of("`", state), silent)


def _emphasis(state: StateInline, silent: bool) -> bool:
    # Only stars, at most three in a row, and not within a word.
    if state.src[state.pos] != "*":
        return False
    scanned = state.scanDelims(state.pos, False)
    if scanned.length <= 3 and (scanned.can_open or scanned.can_close):
        return emphasis(state, silent)
    return _as_text(state, scanned.length, silent)


def _address(state: StateInline, silent: bool) -> bool:
    """At the colon, an address whose scheme has just been read."""
    colon = state.pos
    if state.src[colon] != ":":
        return False
    for scheme in _SCHEMES:
        start = colon - len(scheme)
        if start >= 0 and (found := _ADDRESS.match(state.src, start)):
            break
    else:
        return False
    address = _without_the_sentence(found.group())
    if not _leads_somewhere(address):
        # Skipped as text at once: searching it again from each colon takes quadratic time.
        return _as_text(state, len(address) - len(scheme), silent)
    if not silent:
        state.pending = state.pending.removesuffix(address[: len(scheme)])
        state.push("address", "a", 0).content = address
    state.pos = start + len(address)
    return True


def _as_text(state, length, silent):
    if length <= 0:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : state.pos + length])
    state.pos += length
    return True


def _run_of(char, state):
    rest = state.pos
    while rest < state.posMax and state.src[rest] == char:
        rest += 1
    return rest - state.pos


def _without_the_sentence(address):
    """The address without the full stop or closing bracket of the sentence around it."""
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
        # A user name before the host could pass for the host.
        return bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _with_our_rules():
    markdown = MarkdownIt("zero", {"html": False})
    block, inline = markdown.block.ruler, markdown.inline.ruler
    block.at("blockquote", _quote, {"alt": ["paragraph", "blockquote"]})
    block.before("paragraph", "end_of_quote", _end_of_quote, {"alt": ["blockquote"]})
    inline.at("escape", _escaped)
    inline.at("backticks", _code)
    inline.at("emphasis", _emphasis)
    inline.before("escape", "address", _address)
    return markdown.enable(["blockquote", "newline", "escape", "backticks", "emphasis"])


_MARKDOWN = _with_our_rules()
