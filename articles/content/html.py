"""Article HTML: the allow-list, the ids of headings, and what is extracted from it."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from html import unescape
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import unquote

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from articles.content.figures import with_tidy_classes, without_empty_figures
from articles.content.nesting import limit_nesting
from articles.content.notes import is_note_id, with_unique_ids
from articles.core.text import counting

# In characters, tags included: ten times the longest newspaper features, and short enough
# to be cleaned in some tenths of a second.
LONGEST_HTML = 1_000_000

# A prefix keeps a heading called "Comments" apart from the ids of the page itself.
HEADING_ID_PREFIX = "s-"

_TEXT_TAGS = {"p", "br", "hr", "h2", "h3", "blockquote", "pre", "code"}
_INLINE_TAGS = {"a", "em", "strong", "s", "u", "sub", "sup", "abbr", "cite", "q"}
_LIST_TAGS = {"ul", "ol", "li", "dl", "dt", "dd"}
_FIGURE_TAGS = {"figure", "figcaption", "img"}
_TABLE_TAGS = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}

# Tags that are stored under another name: each place has one tag for one meaning.
_RENAMED = {
    "b": "strong",
    "i": "em",
    "strike": "s",
    "del": "s",
    "h1": "h2",
    "h4": "h3",
    "h5": "h3",
    "h6": "h3",
}
# In which Google Docs wraps everything that is copied.
_NOT_BOLD = re.compile(r"font-weight:\s*(normal|400)\b.*")
_BOLD = re.compile(r'<(?P<end>/?)b(?P<attributes>(?: [a-z-]+="[^"]*")*)>')
_TO_RENAME = re.compile(rf"<(/?)({'|'.join(_RENAMED)})\b")

# Only our own pictures: a public page must not load from other hosts, and a path that
# begins with two slashes would name one.
_OWN_PICTURE = re.compile(r"/(media|static)(/[\w.~%+-]+)+/?")
_PICTURE_WITHOUT_SOURCE = re.compile(r"<img(?![^>]*\bsrc=)[^>]*>")
_HEADING = re.compile(r"<(h[23])>(.*?)</\1>", re.DOTALL)
_SECTION = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)

# Tags that begin or end a paragraph, in the widest sense.
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
    if name == "style":
        return value if _NOT_BOLD.match(value) else None
    if name == "id":
        return value if is_note_id(tag, value) else None
    if (tag, name) == ("img", "data-file"):
        # The primary key of an image in the library.
        return value if re.fullmatch("[1-9][0-9]{0,17}", value) else None
    if name in {"colspan", "rowspan", "start", "width", "height"}:
        return value if value.isdecimal() and len(value) <= 5 else None
    return value


def _is_own_picture(path):
    """
    Whether the path names one of our files, however browsers and proxies decode it.

    A browser reads `%2e` as a dot and so leaves the folder, and a proxy may decode `%252e`
    to `%2e`: the path is checked fully decoded. The admin's own files are not for articles.
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


_ALLOWED: dict[str, Any] = {
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
        "a": {"href", "title", "hreflang", "id"},
        "abbr": {"title"},
        "img": {"src", "alt", "width", "height", "data-file"},
        "li": {"id"},
        "ol": {"start"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    "allowed_classes": {
        "blockquote": {"pull"},
        "figure": {"wide", "gallery"},
        "ol": {"notes"},
    },
    "tag_attribute_values": {"th": {"scope": {"row", "col"}}},
    "url_schemes": {"http", "https", "mailto", "tel"},
    "link_rel": "noopener",
    "strip_comments": True,
}
_article = nh3.Cleaner(
    **_ALLOWED
    | {
        "tags": _ALLOWED["tags"] | _RENAMED.keys(),
        "attributes": _ALLOWED["attributes"] | {"b": {"style"}},
    },
    attribute_filter=_attribute,
)

# The digests of known clean texts: at most some 2 MB per process.
MOST_CLEAN_TEXTS = 20_000
_known_clean: set[bytes] = set()


def clean_article(html: str) -> str:
    """
    Remove everything outside the allow-list, and give every heading an id.

    Cleaning a clean text changes nothing.
    """
    html = _with_heading_ids(_settled(html.replace("\x00", ""))).strip()
    if len(_known_clean) >= MOST_CLEAN_TEXTS:
        _known_clean.clear()
    _known_clean.add(_digest(html))
    return html


def not_too_long(html: str) -> None:
    """A validator: raises ValidationError for more than LONGEST_HTML characters."""
    if len(html) > LONGEST_HTML:
        raise ValidationError(
            _(
                "This has %(number)s characters with its formatting; the limit is %(limit)s. "
                "Split it into several articles."
            )
            % {"number": f"{len(html):,}", "limit": f"{LONGEST_HTML:,}"}
        )


def clean_once(html: str) -> str:
    """As `clean_article`, but immediate for a text that this process has already cleaned."""
    return html if _digest(html) in _known_clean else clean_article(html)


def json_ld(data: dict[str, Any]) -> SafeString:
    """A JSON-LD block. Browsers do not run it, so the content security policy need not allow it."""
    text = json.dumps(data, ensure_ascii=False).translate(_NOT_IN_A_SCRIPT)
    # Safe: the characters that could end the block are escaped.
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def article_html(html: str, *, finish: Callable[[str], str] = str) -> SafeString:
    """
    Article HTML marked as safe for templates. No other function marks article text as safe.

    The text was cleaned when it was stored. Here it is cleaned once more per process,
    because the database can be written without the model, and a flatpage's content is a
    plain text field. `finish` adds markup of our own to the clean HTML.
    """
    # Safe: the text is cleaned, and `finish` adds only markup of our own.
    return mark_safe(finish(_with_scrolling_tables(clean_once(html))))


def with_absolute_links(
    html: str, *, base: str, finish: Callable[[str], str] = str
) -> str:
    """
    Cleaned HTML with absolute addresses, for feeds and other sites.

    `base` is the address of its page; `finish` as in `article_html`.
    """
    return finish(
        nh3.clean(
            clean_once(html), **_ALLOWED, url_relative=("rewrite_with_base", base)
        )
    )


def keys_in(html: str) -> list[int]:
    """The primary keys of the library's images in cleaned HTML, each once, in order."""
    return list(dict.fromkeys(map(int, PICTURE_OF_THE_LIBRARY.findall(html))))


def sections(html: str) -> list[tuple[str, str]]:
    """The id and the text of every `h2` of cleaned HTML, in order."""
    return [(id, _text(inner)) for id, inner in _SECTION.findall(html)]


def reading_minutes(html: str) -> int:
    """The reading time of cleaned HTML in whole minutes, at least one."""
    return counting.reading_minutes(_text(html))


class Paragraph(NamedTuple):
    """A paragraph, heading, list item or table cell as plain text, and the name of its tag."""

    kind: str
    text: str

    @property
    def is_heading(self) -> bool:
        return self.kind in {"h2", "h3"}


def paragraphs(html: str) -> list[Paragraph]:
    """Cleaned HTML as plain text. Targets of links and pictures are written out in brackets."""
    # The split yields in turn: a text, the slash of the next tag or nothing, the tag's name.
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
    # Broken markup may come out of one cleaning as markup that a browser reads differently.
    # A text that cleaning no longer changes is read by browsers as by us.
    for _attempt in range(10):
        shallow = limit_nesting(html, allowed=_ALLOWED["tags"] | _RENAMED.keys())
        if (cleaned := _in_order(_article.clean(shallow))) == html:
            return html
        html = cleaned
    return escape(strip_tags(html))


def _in_order(html):
    """What the allow-list of tags and attributes cannot say. The HTML comes from its cleaner."""
    html = _without_weightless_bold(html)
    html = _TO_RENAME.sub(lambda tag: f"<{tag[1]}{_RENAMED[tag[2]]}", html)
    html = without_empty_figures(_PICTURE_WITHOUT_SOURCE.sub("", html))
    return with_unique_ids(with_tidy_classes(html))


def _without_weightless_bold(html):
    """Remove the tags of each `b` whose style says that it is not bold."""
    ended = []

    def tag(match):
        if match["end"]:
            return ended.pop()
        # Only a style that takes the weight away has come this far.
        is_bold = ' style="' not in match["attributes"]
        ended.append("</b>" if is_bold else "")
        return match[0] if is_bold else ""

    return _BOLD.sub(tag, html)


def _with_scrolling_tables(html):
    """
    Put each table into a box that scrolls, also by keyboard.

    Cleaned HTML has no bare `<` in text and attribute values, so all matches are tags.
    """
    box = (
        f'<div class="table" role="group" aria-label="{escape(_("Table"))}"'
        ' tabindex="0"><table>'
    )
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
        # Numbering continues per text, so that thousands of equal headings stay fast.
        for number in numbers[wanted]
        if (id := wanted if number == 1 else f"{wanted}-{number}") not in seen
    )
    seen.add(id)
    return id


def _text(html):
    # A space before each tag keeps the words of two paragraphs apart.
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
