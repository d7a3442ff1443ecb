"""
The HTML part of a mail, made of its plain text.

So both say the same, and a mail is written and translated once. Paragraphs, quotes (lines
after four spaces) and rules (`----`) are kept. An address that stands alone in a line
becomes a button, if the mail names it; no other word becomes a link.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi

INDENT = "    "
RULE = "----"
# A line is taken to have been broken by hand where its next word would have passed this
# column. Other line breaks are kept.
BROKEN_AT = 72


@dataclass(frozen=True)
class Link:
    """What a reader presses in the place of an address; `is_quiet` for what few need."""

    label: str
    is_quiet: bool = False


@dataclass
class Block:
    """A part of a mail: `kind` is “text”, “quote”, “rule” or “links”."""

    kind: str
    lines: list[str] = field(default_factory=list)
    # Pairs of an address and its Link.
    links: list[tuple[str, Link]] = field(default_factory=list)


def html_part(text: str, *, title: str, links: Mapping[str, Link]) -> str:
    """The plain text of a mail as an HTML document. Every word of it is escaped."""
    context = {
        "title": title,
        "blocks": blocks_of(text, links),
        "language": get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "site_name": settings.SITE_NAME,
    }
    return render_to_string("mail/message.html", context)


def blocks_of(text: str, links: Mapping[str, Link]) -> list[Block]:
    """The blocks of a plain text. `links` has a Link for each address that becomes one."""
    blocks: list[Block] = []
    for kind, lines in _groups(text.strip("\n").split("\n"), links):
        if kind == "links":
            _add_links(blocks, [(line, links[line]) for line in lines])
        elif kind == "quote" and blocks and blocks[-1].kind == "quote":
            blocks[-1].lines += ["", *lines]
        else:
            blocks.append(Block(kind, _unwrapped(lines) if kind == "text" else lines))
    return blocks


def _groups(
    lines: Iterable[str], links: Mapping[str, Link]
) -> Iterator[tuple[str, list[str]]]:
    """Runs of lines of one kind, which empty lines separate."""
    group: list[str] = []
    last = ""
    for line in [*lines, ""]:
        kind = _kind_of(line, links)
        if kind != last and group:
            yield last, group
            group = []
        if kind:
            group.append(line.removeprefix(INDENT) if kind == "quote" else line)
        last = kind


def _kind_of(line, links):
    if not line.strip():
        return ""
    if line.startswith(INDENT):
        return "quote"
    if line == RULE:
        return "rule"
    return "links" if line in links else "text"


def _add_links(blocks, links):
    label = links[0][1].label
    # In the plain text the name of a step stands before its address.
    if blocks and blocks[-1].kind == "text" and blocks[-1].lines[-1] == f"{label}:":
        del blocks[-1].lines[-1]
        if not blocks[-1].lines:
            blocks.pop()
    if not (blocks and blocks[-1].kind == "links"):
        blocks.append(Block("links"))
    blocks[-1].links += links


def _unwrapped(lines):
    """The lines, without the breaks that a text has only to fit into a mail."""
    whole = [lines[0]]
    for before, line in zip(lines, lines[1:], strict=False):
        if len(before) + 1 + len(line.split(" ")[0]) > BROKEN_AT:
            whole[-1] += f" {line}"
        else:
            whole.append(line)
    return whole
