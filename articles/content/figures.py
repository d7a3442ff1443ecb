"""
Figures in article HTML: none is empty, and their classes are in order.

The functions take HTML as the cleaner writes it: every `<` begins a tag.
"""

import re

from django.utils.html import strip_tags

# The pictures of a gallery.
FEWEST_IN_GALLERY = 2
MOST_IN_GALLERY = 12

INNERMOST_FIGURE = re.compile(
    r"<figure(?P<attributes>[^>]*)>(?P<inner>(?:(?!</?figure\b).)*)</figure>", re.DOTALL
)
_CONTENT = re.compile(r"<(?:img|table|blockquote|pre|code)\b")
_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
_BLOCK = re.compile(r"<(?:p|hr|h2|h3|ul|ol|dl|figcaption)\b")
_CLASSES = re.compile(
    r'(?P<before><(?P<tag>figure|ol|blockquote)(?: [a-z]+="[^"]*")*?)'
    r' class="(?P<names>[^"]*)"'
)
_IMAGE = re.compile(r"<img\b")


def without_empty_figures(html: str) -> str:
    """
    Remove figures that hold neither picture, table, quote nor code. Their words stay.

    A caption of such a figure becomes a paragraph.
    """
    while (fuller := INNERMOST_FIGURE.sub(_kept_or_words, html)) != html:
        html = fuller
    return html


def with_tidy_classes(html: str) -> str:
    """Each class once, in one order, and `gallery` only on a figure with enough pictures."""
    html = INNERMOST_FIGURE.sub(_gallery_or_not, html)
    return _CLASSES.sub(_tidy, html)


def is_gallery(attributes: str) -> bool:
    return "gallery" in classes_in(attributes)


def classes_in(attributes: str) -> list[str]:
    """The classes in the attributes of a tag as the cleaner writes them."""
    found = re.search(r' class="([^"]*)"', attributes)
    return sorted(set(found[1].split())) if found else []


def _kept_or_words(figure):
    inner = figure["inner"]
    if _CONTENT.search(inner):
        return figure[0]
    # The split yields in turn: what is outside captions, what is in a caption.
    return "".join(map(_as_paragraph, _CAPTION.split(inner)))


def _as_paragraph(html):
    if _BLOCK.search(html):
        return html
    return f"<p>{html.strip()}</p>" if strip_tags(html).strip() else ""


def _gallery_or_not(figure):
    attributes = figure["attributes"]
    if not is_gallery(attributes):
        return figure[0]
    if len(_IMAGE.findall(figure["inner"])) >= FEWEST_IN_GALLERY:
        return figure[0]
    classes = " ".join(name for name in classes_in(attributes) if name != "gallery")
    return f'<figure class="{classes}">{figure["inner"]}</figure>'


def _tidy(match):
    names = " ".join(sorted(set(match["names"].split())))
    return f'{match["before"]} class="{names}"' if names else match["before"]
