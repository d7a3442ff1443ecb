"""The RSS feeds of articles and corrections, and what all feeds of the site share."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape, linebreaks
from django.utils.translation import gettext as _

from articles.content.html import with_absolute_links
from articles.core.http_cache import public_page
from articles.core.languages import language_at
from articles.images.picture_html import with_plain_pictures
from articles.models import Correction
from articles.public.views import articles_here, tag_or_404

ARTICLES_IN_A_FEED = 20
CORRECTIONS_IN_A_FEED = 50

# Characters that XML 1.0 cannot contain: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NamingFeed(Rss201rev2Feed):
    """
    RSS 2.0 with all authors, all contributors and the whole text of an item.

    Items have `names`, and optionally `contributors` and `body`.
    """

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["names"]:
            handler.addQuickElement("dc:creator", name)
        for name in item.get("contributors", []):
            handler.addQuickElement("dc:contributor", name)
        if "body" in item:
            handler.addQuickElement("content:encoded", item["body"])


@public_page()
def rss(request):
    return _feed(
        articles_here(request),
        language_at(request.path),
        title=settings.SITE_NAME,
        page=reverse("articles:home"),
        address=reverse("articles:rss"),
    )


@public_page()
def tag_rss(request, slug):
    tag = tag_or_404(slug)
    articles = articles_here(request).tagged(tag)
    if not articles.exists():
        raise Http404("There is no visible article here.")
    if tag.slug != slug:
        return redirect("articles:tag_rss", tag.slug, permanent=True)
    return _feed(
        articles,
        language_at(request.path),
        title=f"{tag} – {settings.SITE_NAME}",
        page=tag.get_absolute_url(),
        address=reverse("articles:tag_rss", args=[tag.slug]),
    )


@public_page()
def corrections_rss(request):
    language = language_at(request.path)
    corrections = Correction.objects.shown().read_in(language).select_related("article")
    newest = corrections.defer("article__body").order_by("-at", "-id")
    return feed_of(
        map(_correction, newest[:CORRECTIONS_IN_A_FEED]),
        title=_("Corrections – %(site)s") % {"site": settings.SITE_NAME},
        description=_("What we got wrong or made clearer, newest first."),
        page=reverse("articles:corrections"),
        address=reverse("articles:corrections_rss"),
        language=language,
    )


def feed_of(items, *, title, description, page, address, language):
    """
    The response with the feed of these items, which are arguments of `SyndicationFeed.add_item`.

    `page` is the path of the page that the feed belongs to, `address` that of the feed.
    """
    feed = NamingFeed(
        title=xml_safe(title),
        link=settings.SITE_URL + page,
        description=xml_safe(description),
        language=language,
        feed_url=settings.SITE_URL + address,
    )
    for item in items:
        feed.add_item(**item)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def lasting_id(row):
    """A tag URI (RFC 4151), which stays when the row's address, title or date changes."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},2025:{row._meta.model_name}-{row.pk}"


def xml_safe(text):
    """The text without characters that XML cannot contain."""
    return _NOT_XML.sub("", text)


def _feed(articles, language, *, title, page, address):
    return feed_of(
        map(_item, articles.for_page().newest_first()[:ARTICLES_IN_A_FEED]),
        title=title,
        description=_("The newest articles of %(title)s.") % {"title": title},
        page=page,
        address=address,
        language=language,
    )


def _item(article):
    link = settings.SITE_URL + article.get_absolute_url()
    return {
        "title": xml_safe(article.title),
        "link": link,
        # Feed readers treat a description as HTML, and a title as text.
        "description": xml_safe(escape(article.standfirst)),
        "unique_id": lasting_id(article),
        "unique_id_is_permalink": False,
        "pubdate": article.published_at,
        "categories": [xml_safe(tag.name) for tag in article.tags.all()],
        "names": [xml_safe(person.name) for person in article.people],
        "contributors": [xml_safe(person.name) for person in article.contributors],
        "body": xml_safe(
            with_absolute_links(article.body, base=link, finish=with_plain_pictures)
        ),
    }


def _correction(correction):
    article = correction.article
    link = settings.SITE_URL + article.get_absolute_url()
    return {
        "title": xml_safe(f"{correction.get_kind_display()}: {article.title}"),
        "link": f"{link}#correction-{correction.pk}",
        "description": xml_safe(linebreaks(escape(correction.text))),
        "unique_id": lasting_id(correction),
        "unique_id_is_permalink": False,
        "pubdate": correction.at,
        "names": [],
    }
