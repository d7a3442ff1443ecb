"""
A limit on how deep HTML elements are nested, applied in one pass.

For many tags an HTML parser searches all open elements, so its time grows with the square
of the depth: 64 KiB of nested lists take seconds. Untrusted HTML is therefore brought
below the limit before a parser sees it.
"""

import re
from collections import Counter
from html import escape, unescape

# In levels. No article nests deeper; the editor at the desk makes at most ten levels.
DEEPEST = 50
# A parser needs only a few milliseconds for this many tags, however they are nested.
FEW_TAGS = 1000

_VOID = {"br", "hr", "img"}
_RAW = re.compile("script|style|title|textarea|template|noscript|xmp|iframe|svg|math")

# Tags as a serialiser writes them. All parsers read them in the same way.
_PLAIN_TAG = re.compile(
    r'<(?P<close>/?)(?P<name>[a-z][a-z0-9]*+)(?: [a-z-]++="[^"<>]*+")*+ ?/?>'
)
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)"""
    r"""(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s>"'][^\s>]*+)))?+"""
)
# Any tag, comment or declaration. An unfinished one reaches to the end of the text, as in
# a browser, so no part of the text is scanned twice.
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
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_CELLS = {"td", "th"}
_PARTS_OF_TABLES = {"thead", "tbody", "tfoot", "caption"}
# The elements that a start tag implicitly ends while they are innermost.
_ENDS = (
    dict.fromkeys(_BLOCKS, {"p"})
    | dict.fromkeys(_HEADINGS, {"p"} | _HEADINGS)
    | dict.fromkeys(["dt", "dd"], {"p", "dt", "dd"})
    | dict.fromkeys(_CELLS, {"p"} | _CELLS)
    | dict.fromkeys(_PARTS_OF_TABLES, {"p", "tr"} | _CELLS | _PARTS_OF_TABLES)
    | {"li": {"p", "li"}, "tr": {"p", "tr"} | _CELLS}
)


def limit_nesting(html: str, *, allowed: set[str], depth: int = DEEPEST) -> str:
    """
    Limit the nesting to `depth` levels. Deeper elements lose their tags but keep their text.

    HTML within the limit is returned unchanged, with one exception: HTML with more than
    FEW_TAGS tags that is not written as by a serialiser is rewritten, and keeps only the
    `allowed` tags. The time is linear in the length of the text.
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
    """
    Whether the HTML is certainly within the limit.

    Every tag is written plainly, and every end tag matches the last open element.
    """
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
    """Reads HTML and writes it again with properly nested end tags."""

    def __init__(self, allowed, depth):
        self._allowed = allowed
        self._depth = depth
        self._written = []
        # The names of the open elements, outermost first, and the number of each name.
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
                # The content of such elements is not part of the article.
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
            # A space keeps the words of two items apart.
            self._written.append(" ")
        else:
            self._written.append(f"<{name}{_rewritten(attributes)}>")

    def _end(self, name):
        """End the innermost open element of this name, and all inside it, if there is one."""
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
