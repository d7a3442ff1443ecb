"""
The sitemap: one file, or one per month when there are too many articles.

Not Django's sitemap framework: it divides articles by page number, so that each new article
moves all others to other files; its sections are fixed when the URLs are loaded, so months
cannot be sections; its index queries every section; and its addresses follow the request and
the site's row, not SITE_URL.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from articles.core import months
from articles.core.http_cache import public_page
from articles.core.languages import (
    address_at,
    further_languages,
    prefix_of,
    site_languages,
)
from articles.models import Article
from articles.models.article_translations import LanguageVersion, versions_of_group

# https://www.sitemaps.org/protocol.html
ADDRESSES_IN_A_FILE = 50_000
# Up to this number, one file contains everything.
ARTICLES_IN_ONE_FILE = 5_000
OTHER_PAGES = ["home", "tags", "archive", "corrections"]


@dataclass(frozen=True)
class Place:
    address: str
    changed_at: datetime | None = None
    # The versions of an article in several languages, itself included.
    languages: Sequence[LanguageVersion] = ()


@public_page()
def sitemap(request):
    """All addresses, or if these are too many for one file, the index of the other files."""
    articles = _places(Article.objects.visible(), at_most=ARTICLES_IN_ONE_FILE + 1)
    if len(articles) > ARTICLES_IN_ONE_FILE:
        return _index(request)
    return _urlset(request, _other_places() + articles)


@public_page()
def pages_sitemap(request):
    return _urlset(request, _other_places())


@public_page()
def month_sitemap(request, year, month):
    span = months.month(year, month)
    if span is None:
        raise Http404
    articles = Article.objects.visible().published_in(span)
    places = _places(articles, at_most=ADDRESSES_IN_A_FILE)
    if not places:
        raise Http404
    return _urlset(request, places)


def _places(articles, *, at_most):
    # Only these fields are loaded, not the body.
    addresses = articles.newest_first().only(
        "slug", "language", "translation_of", "published_at", "updated_at"
    )
    versions = _versions()
    return [
        Place(
            article.get_absolute_url(),
            article.updated or article.published_at,
            versions.get(article.translation_of_id or article.pk, ()),
        )
        for article in addresses[:at_most]
    ]


def _versions():
    """The visible versions of every translated article, by the key of the original."""
    if not further_languages():
        return {}
    visible = Article.objects.visible().only("slug", "language", "translation_of")
    groups = defaultdict(list)
    for article in visible.translations():
        groups[article.translation_of_id].append(article)
    originals = Article.objects.translations().values("translation_of")
    for article in visible.filter(pk__in=originals):
        groups[article.pk].append(article)
    return {original: versions_of_group(group) for original, group in groups.items()}


def _other_places():
    """The addresses of all pages that are not articles."""
    pages = FlatPage.objects.filter(sites=settings.SITE_ID, registration_required=False)
    return [
        *(place for language in site_languages() for place in _lists_in(language)),
        *(Place(page.get_absolute_url()) for page in pages),
    ]


def _lists_in(language):
    """The addresses of all lists of articles in this language."""
    visible, before = Article.objects.visible().read_in(language), prefix_of(language)
    rows = [*visible.tags().order_by("pk"), *visible.people().order_by("pk")]
    return [
        *(Place(address_at(language, f"articles:{name}")) for name in OTHER_PAGES),
        *(Place(before + row.get_absolute_url()) for row in rows),
    ]


def _index(request):
    files = [reverse("articles:sitemap_of_pages")] + [
        reverse("articles:sitemap_of_month", args=[month.start.year, month.start.month])
        for _, in_year in months.months_by_year(Article.objects.visible())
        for month in in_year
    ]
    return render(
        request,
        "articles/sitemap_index.xml",
        {"files": files},
        content_type="application/xml",
    )


def _urlset(request, places):
    return render(
        request,
        "articles/sitemap.xml",
        {"places": places, "has_languages": bool(further_languages())},
        content_type="application/xml",
    )
