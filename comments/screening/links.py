"""Rules about links, with or without a scheme."""

import re
from collections.abc import Iterator

from comments.screening.records import Finding, Posted

# An address with a scheme or `www.`, or a bare host with a common top-level domain.
_LINK = re.compile(
    r"(?:https?://|mailto:|www\.)[^\s<>\"]+"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}"
    r"\.(?:com|net|org|info|biz|top|xyz|online|site|shop|club|live|icu|ru|cn|ly|gg|io)\b"
    r"(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)


def links(posted: Posted, limit: float) -> Iterator[Finding]:
    """The comment has more links than it should need."""
    found = tuple(dict.fromkeys(links_in(posted.body)))
    if len(found) > limit:
        yield Finding("links", len(found), limit, found)


def link_in_name(posted: Posted) -> Iterator[Finding]:
    """The name contains a link."""
    if found := tuple(links_in(posted.name)):
        yield Finding("link_in_name", words=found)


def links_in(text: str) -> list[str]:
    """The links in the text as they are typed, in order, without closing punctuation."""
    return [found[0].rstrip(".,:;!?)'") for found in _LINK.finditer(text)]
