"""Two versions of one part of an article, told apart for whoever must choose."""

import re
from difflib import SequenceMatcher
from html import unescape

from django.utils.html import strip_tags

from articles.core.text.word_diff import GONE, NEW, SAME, by_word

_END_OF_BLOCK = re.compile(
    r"</(?:p|h[23]|li|dt|dd|tr|figcaption|pre|caption)>|<br>|<hr>"
)
_GAP = re.compile(r"\n\s*\n+")

# Of what is the same, only so much is shown before and after what differs.
AROUND = 200
# With more paragraphs than this in either, the texts are not compared.
MOST_PARAGRAPHS = 2000


def text_of(html: str) -> str:
    """The words of an article's HTML, a line for each paragraph."""
    text = unescape(strip_tags(_END_OF_BLOCK.sub("\n", html)))
    return _GAP.sub("\n", text).strip()


def told_apart(mine: str, theirs: str) -> list[tuple[str, str]]:
    """The pieces of both in their order: the same, gone (only mine) or new (only theirs); long ones that are the same are shortened."""
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
    if len(text) <= 2 * AROUND + 10:
        return text
    return f"{text[:AROUND]} … {text[-AROUND:]}"
