"""Readers' text as plain text without links, for mails."""

import re
from html.parser import HTMLParser

from articles.core.text.counting import shortened
from comments.text.html import as_html, kept_line

LINK = "[link]"

# What a mail program may turn into a link: an address with a scheme, an email address, a
# network share, or a bare host whose last part has two letters or more.
_ADDRESS = re.compile(
    r"//\S|\\\\\S|\S@\S"
    r"|\b(?:mailto|tel|sms|callto|data|javascript|file|magnet|bitcoin|xmpp|skype):\S"
    r"|\d{1,3}(?:\.\d{1,3}){3}[:/]"
    r"|\w[.\u3002\uff0e\uff61][^\W\d_]{2}",
    re.IGNORECASE,
)
_BLOCKS = frozenset(["p", "blockquote", "pre", "ul", "ol", "li"])


def inert_text(text: str, *, longest: int) -> str:
    """
    The comment as lines of plain text, cut to `longest` characters.

    Quotes keep their `> `, and links become `[link]`.
    """
    collected = _Words()
    collected.feed(as_html(text))
    collected.close()
    return shortened(collected.text, longest)


def inert_line(text: str) -> str:
    """The text in one line, with `[link]` for every word that a mail program may link."""
    return " ".join(
        LINK if _ADDRESS.search(word) else word for word in kept_line(text).split()
    )


class _Words(HTMLParser):
    """Collects the text of HTML; an empty line separates paragraphs."""

    def __init__(self):
        super().__init__()
        self._lines = [""]
        self._depth = 0
        self._in_pre = False

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            self._begin_line()
        elif tag in _BLOCKS:
            self._begin_block()
        self._depth += tag == "blockquote"
        self._in_pre |= tag == "pre"

    def handle_endtag(self, tag):
        self._depth -= tag == "blockquote"
        self._in_pre &= tag != "pre"
        if tag in _BLOCKS:
            self._begin_block()

    def handle_data(self, data):
        for number, line in enumerate(data.split("\n") if self._in_pre else [data]):
            if number:
                self._begin_line()
            self._add(line)

    @property
    def text(self):
        return "\n".join(self._finished()).strip("\n")

    def _add(self, words):
        if not self._lines[-1] and words.strip():
            self._lines[-1] = "> " * self._depth
        self._lines[-1] += words

    def _begin_line(self):
        self._lines.append("")

    def _begin_block(self):
        if self._lines[-1].strip():
            self._lines += ["", ""]

    def _finished(self):
        before = ""
        for line in map(inert_line, self._lines):
            if line or before:
                yield line
            before = line
