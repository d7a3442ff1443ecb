"""
HTML whose elements lie no deeper in one another than a limit, made in one pass.

A parser of HTML looks through all open elements at many a tag, so that deep nesting
takes it the square of the time: 64 KiB of list within list take seconds. Whatever comes
from outside is brought below the limit before a parser sees it.
"""

import re
from collections import Counter
from html import escape, unescape

# No article nests deeper; the editor of the desk makes at most ten levels.
DEEPEST = 50
# So few tags cost a parser a few milliseconds, however they nest.
FEW_TAGS = 1000

_VOID = {"br", "hr", "img"}
_RAW = re.compile("script|style|title|textarea|template|noscript|xmp|iframe|svg|math")

# Tags as a serialiser writes them: no two parsers read them differently.
_PLAIN_TAG = re.compile(
    r'<(?P<close>/?)(?P<name>[a-z][a-z0-9]*+)(?: [a-z-]++="[^"<>]*+")*+ ?/?>'
)
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)"""
    r"""(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s>"'][^\s>]*+)))?+"""
)
# Any tag, comment or declaration. What is not ended reaches to the end of the text, as in
# a browser; so no part of the text is looked at twice.
_MARKUP = re.compile(
    r"<!--(?:>|->|.*?(?:--!?>|\Z))"
    r"|<[!?][^>]*+(?:>|\Z)"
    r"|</[^a-zA-Z][^>]*+(?:>|\Z)"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:"
    + re.sub(r"\?P<\w+>", "?:", _ATTRIBUTE.pattern)
    + r")*+)[\s/]*+>"
    r"|<(?=/?[a-zA-Z]).*",
    re.DOTALL,
)

_BLOCKS = {"p", "ul", "ol", "dl", "table", "blockquote", "pre", "figure", "hr"}
_HEADINGS = {"h2", "h3"}
_CELLS = {"td", "th"}
_PARTS_OF_TABLES = {"thead", "tbody", "tfoot", "caption"}
# Which elements a tag ends, when they are the innermost ones that are open.
_ENDS = (
    dict.fromkeys(_BLOCKS, {"p"})
    | dict.fromkeys(_HEADINGS, {"p"} | _HEADINGS)
    | dict.fromkeys(["dt", "dd"], {"p", "dt", "dd"})
    | dict.fromkeys(_CELLS, {"p"} | _CELLS)
    | dict.fromkeys(_PARTS_OF_TABLES, {"p", "tr"} | _CELLS | _PARTS_OF_TABLES)
    | {"li": {"p", "li"}, "tr": {"p", "tr"} | _CELLS}
)


def nested_at_most(html: str, *, allowed: set[str], depth: int = DEEPEST) -> str:
    """
    The HTML with at most `depth` elements in one another; what lies deeper loses its tags and no words.

    HTML that is within the limit comes back as it is, unless it has more than FEW_TAGS
    tags that are not written as a serialiser writes them: of these only the tags that are
    `allowed` are left. The time grows with the length of the text and not faster.
    """
    tags = html.count("<")
    if tags <= depth or _is_plain(html, tags, allowed, depth):
        return html
    rewritten = _Rewriting(allowed, depth)
    rewritten.read(html)
    if tags <= FEW_TAGS and not rewritten.was_too_deep:
        return html
    return rewritten.html


def _is_plain(html, tags, allowed, depth):
    """Whether it is certain that nothing in the HTML lies too deep: each tag is written plainly, and ends what was opened last."""
    stack, found = [], 0
    for tag in _PLAIN_TAG.finditer(html):
        found += 1
        name = tag["name"]
        if name not in allowed:
            return False
        if tag["close"]:
            if not stack or stack.pop() != name:
                return False
        elif name not in _VOID:
            stack.append(name)
            if len(stack) > depth:
                return False
    return found == tags and not stack


class _Rewriting:
    """Reads HTML, and writes it anew with every element ended in its order."""

    def __init__(self, allowed, depth):
        self._allowed = allowed
        self._depth = depth
        self._written = []
        # Of every element that is open its name, and how many of each name there are.
        self._open = []
        self._names = Counter()
        self.was_too_deep = False

    @property
    def html(self):
        ends = (f"</{name}>" for name in reversed(self._open[: self._depth]))
        return "".join([*self._written, *ends])

    def read(self, html):
        place = 0
        while markup := _MARKUP.search(html, place):
            self._text(html[place : markup.start()])
            place = markup.end()
            if markup["name"] is None:
                continue
            name = markup["name"].lower()
            if markup["close"]:
                self._end(name)
            elif _RAW.fullmatch(name):
                # What stands in it is no text of the article.
                end = re.compile(f"</{name}", re.IGNORECASE).search(html, place)
                place = end.start() if end else len(html)
            elif name in self._allowed:
                self._begin(name, markup["attributes"])
        self._text(html[place:])

    def _text(self, text):
        self._written.append(text.replace("<", "&lt;"))

    def _begin(self, name, attributes):
        while self._open and self._open[-1] in _ENDS.get(name, ()):
            self._end(self._open[-1])
        if name in _VOID:
            self._written.append(f"<{name}{_rewritten(attributes)}>")
            return
        self._open.append(name)
        self._names[name] += 1
        if len(self._open) > self._depth:
            self.was_too_deep = True
            # Two items do not become one word.
            self._written.append(" ")
        else:
            self._written.append(f"<{name}{_rewritten(attributes)}>")

    def _end(self, name):
        """End the element, and all that were opened in it; nothing where there is none."""
        if not self._names[name]:
            return
        ended = None
        while ended != name:
            is_written = len(self._open) <= self._depth
            ended = self._open.pop()
            self._names[ended] -= 1
            if is_written:
                self._written.append(f"</{ended}>")


def _rewritten(attributes):
    return "".join(
        f' {name}="{escape(unescape(value))}"'
        for attribute in _ATTRIBUTE.finditer(attributes)
        if (name := attribute["name"].lower()).replace("-", "").isalpha()
        and name.isascii()
        for value in [
            attribute["double"] or attribute["single"] or attribute["bare"] or ""
        ]
    )
