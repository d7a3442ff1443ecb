"""The diff of two versions in conflict, for the editor who must choose one."""

import re
from difflib import SequenceMatcher
from html import unescape

from django.utils.html import strip_tags

from articles.core.text.word_diff import GONE, NEW, SAME, by_word

_END_OF_BLOCK = re.compile(
    r"</(?:p|h[23]|li|dt|dd|tr|figcaption|pre|caption)>|<br>|<hr>"
)
_GAP = re.compile(r"\n\s*\n+")

# The characters of unchanged text that are shown before and after a difference.
CHARACTERS_AROUND = 200
# Texts with more paragraphs than this are not compared.
MOST_PARAGRAPHS = 2000


def text_of(html: str) -> str:
    """Article HTML as plain text, one line per paragraph."""
    text = unescape(strip_tags(_END_OF_BLOCK.sub("\n", html)))
    return _GAP.sub("\n", text).strip()


def diff_of_conflict(mine: str, theirs: str) -> list[tuple[str, str]]:
    """
    The diff as pairs of SAME, GONE (only in mine) or NEW (only in theirs) and the text.

    Long pieces that are the same are shortened.
    """
    return [
        (kind, _shortened(text) if kind == SAME else text)
        for kind, text in _pieces(
            mine.splitlines(keepends=True), theirs.splitlines(keepends=True)
        )
    ]


def _pieces(mine, theirs):
    if max(len(mine), len(theirs)) > MOST_PARAGRAPHS:
        return [(GONE, "".join(mine)), (NEW, "".join(theirs))]
    pieces = []
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    for step, start, end, start_theirs, end_theirs in matcher.get_opcodes():
        one, other = "".join(mine[start:end]), "".join(theirs[start_theirs:end_theirs])
        pieces += [(SAME, one)] if step == "equal" else by_word(one, other)
    return pieces


def _shortened(text):
    if len(text) <= 2 * CHARACTERS_AROUND + 10:
        return text
    return f"{text[:CHARACTERS_AROUND]} … {text[-CHARACTERS_AROUND:]}"
