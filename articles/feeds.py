"""The RSS feeds: whole articles, newest first."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape

from articles.caching import public_page
from articles.markup import with_absolute_links
from articles.models import Article, Tag

ARTICLES_IN_A_FEED = 20

# What XML 1.0 has no way to say: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FullTextFeed(Rss201rev2Feed):
    """RSS 2.0 with the whole text and every name of the byline."""

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["names"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["body"])


@public_page()
def rss(request):
    return _feed(
        Article.objects.visible(),
        title=settings.SITE_NAME,
        page=reverse("articles:home"),
        address=reverse("articles:rss"),
    )


@public_page()
def tag_rss(request, slug):
    tag = get_object_or_404(Tag, slug=slug)
    articles = Article.objects.visible().tagged(tag)
    if not articles.exists():
        raise Http404("There is no visible article here.")
    return _feed(
        articles,
        title=f"{tag} – {settings.SITE_NAME}",
        page=tag.get_absolute_url(),
        address=reverse("articles:tag_rss", args=[tag.slug]),
    )


def _feed(articles, *, title, page, address):
    feed = FullTextFeed(
        title=_xml(title),
        link=settings.SITE_URL + page,
        description=_xml(f"The newest articles of {title}."),
        language=settings.LANGUAGE_CODE,
        feed_url=settings.SITE_URL + address,
    )
    for article in articles.for_page().newest_first()[:ARTICLES_IN_A_FEED]:
        feed.add_item(**_item(article))
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _item(article):
    link = settings.SITE_URL + article.get_absolute_url()
    return {
        "title": _xml(article.title),
        "link": link,
        # Readers take a description for HTML, and a title for text.
        "description": _xml(escape(article.standfirst)),
        "unique_id": _lasting_id(article),
        "unique_id_is_permalink": False,
        "pubdate": article.published_at,
        "categories": [_xml(tag.name) for tag in article.tags.all()],
        "names": [_xml(person.name) for person in article.people],
        "body": _xml(with_absolute_links(article.body, base=link)),
    }


def _lasting_id(article):
    """A tag URI (RFC 4151): the same whatever becomes of the article's address, title and date."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},2025:article-{article.pk}"


def _xml(text):
    return _NOT_XML.sub("", text)
