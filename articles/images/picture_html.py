"""The HTML of images: every format and width, for the browser to choose."""

import re
from html import unescape

from django.conf import settings
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from articles.content.figures import INNERMOST_FIGURE, classes_in
from articles.content.html import PICTURE_OF_THE_LIBRARY, keys_in
from articles.images.processing.specs import CARD, WHOLE
from articles.models import Image

# The `sizes` of images, from which browsers choose before they have the style sheet. They
# follow the column, the cards and the lead card in static/css.
IN_COLUMN = "(min-width: 46rem) 44rem, 92vw"
# A `wide` figure ends where the page ends; the row of a gallery is 14.25rem high.
IN_WIDE_FIGURE = "(min-width: 75rem) 67rem, 92vw"
IN_GALLERY = "(min-width: 46rem) 22rem, 92vw"
ON_CARD = "(min-width: 72rem) 32rem, (min-width: 46rem) 46vw, 92vw"
ON_LEAD_CARD = "(min-width: 72rem) 67rem, 92vw"

# In cleaned HTML.
_IMG = re.compile(r'<img\b(?:[^">]|"[^"]*")*>')
_ALT = re.compile(r'\balt="([^"]*)"')
_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)


def with_pictures(html: str) -> str:
    """
    Insert the library's images into cleaned HTML, with one query for all of them.

    An image that was deleted or taken off the site is left out with its figure.
    """
    return _filled(html, _shown)


def with_plain_pictures(html: str) -> str:
    """As `with_pictures`, for feeds and mails: a plain `<img>` that every reader can show."""
    return _filled(html, _plain)


def picture(
    image: Image, *, alt: str = "", sizes: str, shape: str = WHOLE, is_first=False
) -> SafeString:
    """
    The `<picture>` element of an image.

    `alt` replaces the library's alt text; `sizes` is the HTML attribute; `shape` is one of
    articles.images.processing.specs. The first image of a page is loaded with priority.
    """
    *better, for_all = _by_ending(image.in_shape(shape))
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((group[0].type, _srcset(image, group), sizes) for group in better),
    )
    return format_html(
        '<picture>{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" '
        'decoding="async" loading="{}" fetchpriority="{}"></picture>',
        sources,
        image.address_of(for_all[min(1, len(for_all) - 1)]),
        _srcset(image, for_all),
        sizes,
        for_all[-1].width,
        for_all[-1].height,
        alt_of(image, alt),
        *(("eager", "high") if is_first else ("lazy", "auto")),
    )


def alt_of(image: Image, alt: str = "") -> str:
    """The alt text: the one written for this use, or else that of the library."""
    return alt.strip() or ("" if image.decorative else image.alt)


def card_picture(image: Image, *, alt: str = "", is_lead: bool = False) -> SafeString:
    sizes = ON_LEAD_CARD if is_lead else ON_CARD
    return picture(image, alt=alt, sizes=sizes, shape=CARD, is_first=is_lead)


def caption_html(image: Image, caption: SafeString | str) -> SafeString:
    """The `<figcaption>`: the caption, which must be escaped or safe, and the credit."""
    return _figcaption(caption, image.credit)


def _figcaption(caption, credit):
    if credit:
        credit = format_html('<span class="figure__credit">{}</span>', credit)
        caption = format_html("{} {}", caption, credit) if caption else credit
    return format_html("<figcaption>{}</figcaption>", caption) if caption else caption


def absolute(address: str) -> str:
    """The address with scheme and host, for use on other sites."""
    return settings.SITE_URL + address if address.startswith("/") else address


def _by_ending(recipes):
    """The recipes grouped by format. The last format is one that every browser shows."""
    endings = dict.fromkeys(one.ending for one in recipes)
    return [[one for one in recipes if one.ending == ending] for ending in endings]


def _srcset(image, recipes):
    return ", ".join(f"{image.address_of(one)} {one.width}w" for one in recipes)


def _filled(html, show):
    keys = keys_in(html)
    if not keys:
        return html
    images = Image.objects.on_site().in_bulk(keys)

    def figure(match):
        if not PICTURE_OF_THE_LIBRARY.search(match["inner"]):
            return match[0]
        return _figure(match["attributes"], match["inner"], images, show)

    def alone(match):
        image = images.get(int(match[1]))
        return show(image, _alt_in(match[0]), IN_COLUMN) if image else ""

    html = INNERMOST_FIGURE.sub(figure, html)
    return PICTURE_OF_THE_LIBRARY.sub(alone, html)


def _figure(attributes, inner, images, show):
    """A figure with those of its pictures that may be shown, or nothing when there are none."""
    tags = _IMG.findall(inner)
    keys = [PICTURE_OF_THE_LIBRARY.match(tag) for tag in tags]
    found = [images.get(int(key[1])) if key else None for key in keys]
    # Pictures outside the library stay as they are.
    left = [
        (tag, image)
        for tag, key, image in zip(tags, keys, found, strict=True)
        if image or not key
    ]
    if not left:
        return ""
    is_wide = "wide" in classes_in(attributes)
    sizes = IN_WIDE_FIGURE if is_wide else IN_COLUMN
    classes = ["figure", *(["wide"] if is_wide else [])]
    if len(left) > 1:
        sizes = IN_GALLERY
        classes.append("gallery")
    pictures = "".join(
        show(image, _alt_in(tag), sizes) if image else tag for tag, image in left
    )
    caption = _caption(inner, [image for _tag, image in left if image])
    return f'<figure class="{" ".join(classes)}">{pictures}{caption}</figure>'


def _caption(inner, images):
    said = _CAPTION.search(inner)
    # Safe: the caption is a part of cleaned HTML.
    caption = mark_safe(said[1].strip()) if said else ""
    captions = dict.fromkeys(image.caption for image in images if image.caption)
    credits = dict.fromkeys(image.credit for image in images if image.credit)
    return _figcaption(caption or escape(" ".join(captions)), "; ".join(credits))


def _alt_in(tag):
    found = _ALT.search(tag)
    return unescape(found[1]) if found else ""


def _shown(image, alt, sizes):
    return picture(image, alt=alt, sizes=sizes)


def _plain(image, alt, _sizes):
    medium = image.medium
    return format_html(
        '<img src="{}" width="{}" height="{}" alt="{}">',
        absolute(image.address_of(medium)),
        medium.width,
        medium.height,
        alt_of(image, alt),
    )
