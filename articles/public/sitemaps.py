"""
The sitemap: one file, or one per month when there are too many articles.

Not Django's sitemap framework: it divides articles by page number, so that each new article
moves all others to other files; its sections are fixed when the URLs are loaded, so months
cannot be sections; its index queries every section; and its addresses follow the request and
the site's row, not SITE_URL.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from articles.core import months
from articles.core.http_cache import public_page
from articles.models import Article

# https://www.sitemaps.org/protocol.html
ADDRESSES_IN_A_FILE = 50_000
# Up to this number, one file contains everything.
ARTICLES_IN_ONE_FILE = 5_000
OTHER_PAGES = ["home", "tags", "archive", "corrections"]


@dataclass(frozen=True)
class Place:
    address: str
    changed_at: datetime | None = None


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
    addresses = articles.newest_first().only("slug", "published_at", "updated_at")
    return [
        Place(article.get_absolute_url(), article.updated or article.published_at)
        for article in addresses[:at_most]
    ]


def _other_places():
    """The addresses of all pages that are not articles."""
    visible = Article.objects.visible()
    pages = FlatPage.objects.filter(sites=settings.SITE_ID, registration_required=False)
    return [
        *(Place(reverse(f"articles:{name}")) for name in OTHER_PAGES),
        *(Place(tag.get_absolute_url()) for tag in visible.tags().order_by("pk")),
        *(Place(one.get_absolute_url()) for one in visible.people().order_by("pk")),
        *(Place(page.get_absolute_url()) for page in pages),
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
        {"places": places},
        content_type="application/xml",
    )
