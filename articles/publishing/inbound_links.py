"""Links from one of our articles to another."""

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.db.models import Q

from articles.core.languages import language_at, prefix_of
from articles.core.site_address import wire_netloc
from articles.core.slugs import is_slug
from articles.models import Article

# The newest visible articles that are searched for links: no index answers who links where.
ARTICLES_SEARCHED = 2000
# The most linking articles that are listed.
LINKS_LISTED = 50

_HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
_ARTICLE = re.compile(r"/articles/([^/]+)/?")


def slugs_linked(html: str) -> list[str]:
    """The slugs of our own articles that cleaned HTML links to, each once, in order."""
    found = (_slug_in(unescape(href)) for href in _HREF.findall(html))
    return list(dict.fromkeys(slug for slug in found if slug))


def slug_in(address: str) -> str:
    """The slug in a pasted text: a whole address, a path or a slug; empty if there is none."""
    address = address.strip()
    return _as_slug(address) or _slug_in(address)


def linking_to(article: Article) -> list[Article]:
    """The newest visible articles whose body links to a current or former address of this one."""
    visible = Article.objects.visible()
    newest = visible.newest_first().values_list("pk", flat=True)[:ARTICLES_SEARCHED]
    found = Article.objects.filter(_names_one_of(_addresses(article)), pk__in=[*newest])
    return list(
        found.exclude(pk=article.pk)
        .only("title", "slug", "language")
        .newest_first()[:LINKS_LISTED]
    )


def _addresses(article: Article) -> set[str]:
    return {article.slug, *article.addresses.used().values_list("slug", flat=True)}


def _names_one_of(slugs: Iterable[str]) -> Q:
    named = Q()
    for slug in slugs:
        on_the_wire = quote(slug)
        # A body holds a link as it was pasted. Browsers copy either spelling.
        for spelling in {slug, on_the_wire, _in_small_digits(on_the_wire)}:
            for end in ["/", '"']:
                named |= Q(body__contains=f"/articles/{spelling}{end}")
    return named


def _in_small_digits(address: str) -> str:
    """A percent-encoded address with “%d0” for “%D0”."""
    return re.sub("%[0-9A-F]{2}", lambda digits: digits[0].lower(), address)


def _slug_in(address: str) -> str:
    try:
        parts = urlsplit(address)
        is_ours = not parts.netloc or wire_netloc(address) == wire_netloc(
            settings.SITE_URL
        )
    except ValueError:
        return ""
    if not is_ours:
        return ""
    path = parts.path.removeprefix(prefix_of(language_at(parts.path)))
    match = _ARTICLE.fullmatch(path)
    return _as_slug(unquote(match[1])) if match else ""


def _as_slug(text: str) -> str:
    """The text if it is a slug, else an empty one."""
    text = unicodedata.normalize("NFC", text)
    return text if is_slug(text) else ""
