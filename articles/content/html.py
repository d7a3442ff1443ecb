"""Article HTML: what it may hold, the ids of its headings, and what can be read off it."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from html import unescape
from itertools import count
from math import ceil
from typing import Any, NamedTuple
from urllib.parse import unquote

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from articles.content.nesting import nested_at_most

# Silent reading of English non-fiction, words a minute: Brysbaert (2019), "How many
# words do we read per minute?", Journal of Memory and Language 109.
WORDS_A_MINUTE = 238

# In characters with all tags: ten times what the longest features of newspapers have, and
# little enough to be cleaned in some tenths of a second.
LONGEST_HTML = 1_000_000

# A prefix keeps a heading called "Comments" apart from the ids of the page itself.
HEADING_ID_PREFIX = "s-"

_TEXT_TAGS = {"p", "br", "hr", "h2", "h3", "blockquote", "pre", "code"}
_INLINE_TAGS = {"a", "em", "strong", "s", "u", "sub", "sup", "abbr", "cite", "q"}
_LIST_TAGS = {"ul", "ol", "li", "dl", "dt", "dd"}
_FIGURE_TAGS = {"figure", "figcaption", "img"}
_TABLE_TAGS = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}

# A picture is one of ours: a public page may call no other host, and an address of two
# slashes names one.
_OWN_PICTURE = re.compile(r"/(media|static)(/[\w.~%+-]+)+/?")
_PICTURE_WITHOUT_SOURCE = re.compile(r"<img(?![^>]*\bsrc=)[^>]*>")
_HEADING = re.compile(r"<(h[23])>(.*?)</\1>", re.DOTALL)
_SECTION = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)

# What begins or ends a paragraph, in the widest sense.
_BLOCK = re.compile(
    r"<(/?)(p|hr|h2|h3|blockquote|pre|ul|ol|li|dl|dt|dd|figure|figcaption|table|caption"
    r"|thead|tbody|tfoot|tr|th|td)\b[^>]*>"
)
_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_PICTURE = re.compile(r'<img\b((?:[^">]|"[^"]*")*)>')
_ATTRIBUTE = re.compile(r'\b(src|alt|data-file)="([^"]*)"')
PICTURE_OF_THE_LIBRARY = re.compile(
    r'<img\b(?:[^">]|"[^"]*")*?\bdata-file="(\d+)"(?:[^">]|"[^"]*")*>'
)
_TAG = re.compile(r'</?\w(?:[^">]|"[^"]*")*>')

_NOT_IN_A_SCRIPT = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def _attribute(tag, name, value):
    if (tag, name) == ("img", "src"):
        return value if _is_own_picture(value) else None
    if (tag, name) == ("a", "href"):
        return None if value.strip().startswith(("//", "\\\\", "/\\")) else value
    if (tag, name) == ("img", "data-file"):
        # The key of a picture of the library.
        return value if re.fullmatch("[1-9][0-9]{0,17}", value) else None
    if name in {"colspan", "rowspan", "start", "width", "height"}:
        return value if value.isdecimal() and len(value) <= 5 else None
    return value


def _is_own_picture(path):
    """
    Whether the path names a file of ours wherever it is read.

    A browser takes `%2e` for a dot and leaves the folder by it, and a proxy may take
    `%252e` for `%2e`: neither is in the path of a picture. What the admin is drawn with
    is none of a text.
    """
    if not _OWN_PICTURE.fullmatch(path):
        return False
    while (decoded := unquote(path)) != path:
        path = decoded
    segments = path.removesuffix("/").split("/")[1:]
    return (
        not {"", ".", ".."} & set(segments)
        and not re.search(r"[\\\x00-\x1f?#]", path)
        and segments[:2] != ["static", "admin"]
    )


_ALLOWED = {
    "tags": _TEXT_TAGS | _INLINE_TAGS | _LIST_TAGS | _FIGURE_TAGS | _TABLE_TAGS,
    "clean_content_tags": {
        "script",
        "style",
        "title",
        "textarea",
        "template",
        "noscript",
    },
    "attributes": {
        "a": {"href", "title", "hreflang"},
        "abbr": {"title"},
        "img": {"src", "alt", "width", "height", "data-file"},
        "ol": {"start"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    "allowed_classes": {"blockquote": {"pull"}},
    "tag_attribute_values": {"th": {"scope": {"row", "col"}}},
    "url_schemes": {"http", "https", "mailto", "tel"},
    "link_rel": "noopener",
    "strip_comments": True,
}
_article = nh3.Cleaner(**_ALLOWED, attribute_filter=_attribute)

# The digests of texts that are clean: some 2 MB in each process at most.
MOST_REMEMBERED = 20_000
_known_clean: set[bytes] = set()


def clean_article(html: str) -> str:
    """The HTML with everything outside the allow-list gone and an id on every heading; cleaning twice changes nothing."""
    html = _settled(html.replace("\x00", ""))
    html = _with_heading_ids(_PICTURE_WITHOUT_SOURCE.sub("", html)).strip()
    if len(_known_clean) >= MOST_REMEMBERED:
        _known_clean.clear()
    _known_clean.add(_digest(html))
    return html


def not_too_long(html: str) -> None:
    """A validator: raises ValidationError for more than LONGEST_HTML characters."""
    if len(html) > LONGEST_HTML:
        raise ValidationError(
            f"This is {len(html):,} characters long with its formatting; at most {LONGEST_HTML:,} fit. "
            "Split it into several articles."
        )


def clean_once(html: str) -> str:
    """As `clean_article`, at once where this process has made or checked the very same text before."""
    return html if _digest(html) in _known_clean else clean_article(html)


def json_ld(data: dict[str, Any]) -> SafeString:
    """The data for machines, in a block that no browser runs, so that no policy need allow it."""
    text = json.dumps(data, ensure_ascii=False).translate(_NOT_IN_A_SCRIPT)
    # Nothing is left in it that could end the block.
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def article_html(html: str, *, finish: Callable[[str], str] = str) -> SafeString:
    """
    The cleaned HTML, for a template to show as it is: the one place where text becomes safe.

    Cleaned on the way in. A text that this process has not seen is cleaned here, because a
    field can be filled behind the model's back (and a flatpage's content is a plain text
    field); it is not cleaned again on each read. `finish` puts in what only we write.
    """
    return mark_safe(finish(_with_scrolling_tables(clean_once(html))))


def with_absolute_links(
    html: str, *, base: str, finish: Callable[[str], str] = str
) -> str:
    """Cleaned HTML whose links and pictures work on any other page; `base` is where it stands, `finish` as above."""
    return finish(
        nh3.clean(
            clean_once(html), **_ALLOWED, url_relative=("rewrite_with_base", base)
        )
    )


def keys_in(html: str) -> list[int]:
    """Of which pictures of the library cleaned HTML speaks, each once, in their order."""
    return list(dict.fromkeys(map(int, PICTURE_OF_THE_LIBRARY.findall(html))))


def sections(html: str) -> list[tuple[str, str]]:
    """The id and the text of every `h2` of cleaned HTML, in order."""
    return [(id, _text(inner)) for id, inner in _SECTION.findall(html)]


def reading_minutes(html: str) -> int:
    """How long the text takes to read, in whole minutes, at least one."""
    return max(1, ceil(len(_text(html).split()) / WORDS_A_MINUTE))


class Paragraph(NamedTuple):
    """A paragraph, heading, item or cell as plain text, and the tag it stood in."""

    kind: str
    text: str

    @property
    def is_heading(self) -> bool:
        return self.kind in {"h2", "h3"}


def paragraphs(html: str) -> list[Paragraph]:
    """Cleaned HTML as plain text; where links lead and which pictures stand there is in the words."""
    # A text, the slash of the tag behind it, the name of that tag, a text, and so on.
    texts, slashes, tags = (_BLOCK.split(html)[start::3] for start in range(3))
    kinds = ["p" if slash else tag for slash, tag in zip(slashes, tags, strict=True)]
    return [
        Paragraph(kind, words)
        for kind, text in zip(["p", *kinds], texts, strict=True)
        if (words := _in_words(text, keep_lines=kind == "pre"))
    ]


def _digest(html):
    return sha256(html.encode(errors="surrogatepass")).digest()


def _settled(html):
    # Broken markup can come out of one cleaning as something that a browser would
    # read differently; what cleaning no longer changes, it reads as we do.
    for _ in range(10):
        shallow = nested_at_most(html, allowed=_ALLOWED["tags"])
        if (cleaned := _article.clean(shallow)) == html:
            return html
        html = cleaned
    return escape(strip_tags(html))


def _with_scrolling_tables(html):
    """
    A wide table scrolls in a box of its own, by keyboard too.

    Text and attribute values of cleaned HTML have no bare `<`, so these are the tags.
    """
    box = '<div class="table" role="group" aria-label="Table" tabindex="0"><table>'
    return html.replace("<table>", box).replace("</table>", "</table></div>")


def _with_heading_ids(html):
    seen, numbers = set(), defaultdict(lambda: count(1))

    def add_id(heading):
        tag, inner = heading.groups()
        id = _unused(slugify(_text(inner), allow_unicode=True)[:60], seen, numbers)
        return f'<{tag} id="{id}">{inner}</{tag}>'

    return _HEADING.sub(add_id, html)


def _unused(words, seen, numbers):
    wanted = HEADING_ID_PREFIX + (words.strip("-_") or "section")
    id = next(
        id
        # Each goes on from its last number: thousands of like headings take no longer.
        for number in numbers[wanted]
        if (id := wanted if number == 1 else f"{wanted}-{number}") not in seen
    )
    seen.add(id)
    return id


def _text(html):
    # A space for each tag, so that two paragraphs do not become one word.
    return unescape(
        strip_tags(re.sub(r"<(/?)(p|li|h\d|br|td|th)\b", r" <\1\2", html))
    ).strip()


def _in_words(html, *, keep_lines):
    if "<" in html:
        html = _PICTURE.sub(_picture_in_words, _LINK.sub(r"\2 [\1]", html))
        html = _TAG.sub("", html.replace("<br>", " "))
    text = unescape(html)
    return text.strip("\n") if keep_lines else " ".join(text.split())


def _picture_in_words(picture):
    said = dict(_ATTRIBUTE.findall(picture[1]))
    if key := said.get("data-file"):
        words = f" “{said['alt']}”" if said.get("alt") else ""
        return f" [picture {key}{words}] "
    return f" [picture {said.get('src', '')} “{said.get('alt', '')}”] "
