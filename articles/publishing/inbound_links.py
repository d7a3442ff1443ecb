"""Links from one of our articles to another."""

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from articles.core.site_address import wire_netloc
from articles.models import Article

# The newest visible articles that are searched for links: no index answers who links where.
ARTICLES_SEARCHED = 2000
# The most linking articles that are listed.
LINKS_LISTED = 50

_HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
_ARTICLE = re.compile(r"/articles/([-\w]+)/?")


def slugs_linked(html: str) -> list[str]:
    """The slugs of our own articles that cleaned HTML links to, each once, in order."""
    found = (_slug_in(unescape(href)) for href in _HREF.findall(html))
    return list(dict.fromkeys(slug for slug in found if slug))


def slug_in(address: str) -> str:
    """The slug in a pasted text: a whole address, a path or a slug; empty if there is none."""
    address = address.strip()
    return address if re.fullmatch(r"[-\w]+", address) else _slug_in(address)


def linking_to(article: Article) -> list[Article]:
    """The newest visible articles whose body links to a current or former address of this one."""
    visible = Article.objects.visible()
    newest = visible.newest_first().values_list("pk", flat=True)[:ARTICLES_SEARCHED]
    found = Article.objects.filter(_names_one_of(_addresses(article)), pk__in=[*newest])
    return list(
        found.exclude(pk=article.pk).only("title", "slug").newest_first()[:LINKS_LISTED]
    )


def _addresses(article: Article) -> set[str]:
    return {article.slug, *article.addresses.used().values_list("slug", flat=True)}


def _names_one_of(slugs: Iterable[str]) -> Q:
    named = Q()
    for slug in slugs:
        for end in ["/", '"']:
            named |= Q(body__contains=f"/articles/{slug}{end}")
    return named


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
    match = _ARTICLE.fullmatch(parts.path)
    return match[1] if match else ""
