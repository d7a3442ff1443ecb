"""
Article HTML in a plain textarea: how it is laid out there, and what is made of what was typed.

A blank line ends a paragraph, a single newline is a line break, and blocks stand apart from
each other. Newlines inside of blocks mean nothing, as in HTML.
"""

import re
from collections.abc import Iterator

from django.utils.html import strip_tags

from articles.content.html import LONGEST_HTML, clean_article, clean_once

# In cleaned HTML. A block ends a loose text before it.
_BLOCK_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>p|hr|h2|h3|blockquote|pre|ul|ol|li|dl|dt|dd|figure|figcaption"
    r"|table|caption|thead|tbody|tfoot|tr|th|td)\b[^>]*>"
)
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# The tags that stand on a line of their own inside of lists and tables.
_LINE_BEFORE = r"<(?:li|dt|dd|tr|thead|tbody|tfoot|/ul|/ol|/dl|/table)\b"
_NO_LINE = re.compile(rf"(?<!\s)\s++(?={_LINE_BEFORE})")
_LINE = re.compile(rf"(?<=>)(?={_LINE_BEFORE})")


def html_from_typed(text: str) -> str:
    """
    Clean HTML from what was typed: HTML, plain text, or both.

    Texts that are too long for an article are returned as they are, to be refused.
    """
    if len(text) > LONGEST_HTML:
        return text
    html = clean_once(text.replace("\r\n", "\n").replace("\r", "\n"))
    parts = [
        _without_lines(part) if is_block else _paragraphs(part)
        for part, is_block in _parts(html)
    ]
    return clean_article("".join(parts))


def laid_out(html: str) -> str:
    """Cleaned HTML with a blank line between blocks, and each list item on its own line."""
    parts = [
        _LINE.sub("\n", part) if is_block and "<pre" not in part else part
        for part, is_block in _parts(html)
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def _parts(html: str) -> Iterator[tuple[str, bool]]:
    """The outermost blocks, and the loose texts between them; True for a block."""
    depth = place = 0
    for tag in _BLOCK_TAG.finditer(html):
        if depth == 0:
            yield html[place : tag.start()], False
            place = tag.start()
        if tag["name"] != "hr":
            depth += -1 if tag["end"] else 1
        if depth == 0:
            yield html[place : tag.end()], True
            place = tag.end()
    yield html[place:], False


def _without_lines(block):
    return block if "<pre" in block else _NO_LINE.sub("", block)


def _paragraphs(text):
    if not strip_tags(text).strip():
        # White space between blocks, or a tag around one.
        return text.strip()
    return "".join(
        f"<p>{lines.strip().replace('\n', '<br>')}</p>"
        for lines in _BLANK_LINES.split(text)
        if lines.strip()
    )
