"""Links in cleaned article HTML that lead nowhere: relative ones, and dead anchors."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

_HREF = re.compile(r'<a\b[^>]*? href="([^"]*)"')
_ID = re.compile(r'<[a-z][a-z0-9]*\b[^>]*? id="([^"]*)"')
# What begins with a scheme, at our own root, or within the page.
_WHOLE = re.compile(r"[a-z][a-z0-9+.-]*:|[/#]", re.IGNORECASE)
# Leave notes to articles.content.notes.
_NOTE = re.compile(r"note(ref)?-[0-9]+")
# Anchors that every page of an article has.
_OF_THE_PAGE = {"", "top", "comments"}


def relative_links(html: str) -> list[str]:
    """The links that a browser would read as relative to the page, each once, in order."""
    return list(
        dict.fromkeys(link for link in _links(html) if not _WHOLE.match(link.strip()))
    )


def dead_anchors(html: str) -> list[str]:
    """The links within the page, such as `#x`, to what the text does not have, each once."""
    there = {unescape(id) for id in _ID.findall(html)} | _OF_THE_PAGE
    return list(
        dict.fromkeys(
            link
            for link in _links(html)
            if link.startswith("#")
            and not {link[1:], unquote(link[1:])} & there
            and not _NOTE.fullmatch(link[1:])
        )
    )


def _links(html: str) -> Iterator[str]:
    return map(unescape, _HREF.findall(html))
