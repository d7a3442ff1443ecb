"""The RSS feeds of comments, newest first: of one article, and of the whole site."""

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.core.http_cache import public_page
from articles.core.languages import language_at
from articles.models import Article
from articles.public.feeds import feed_of, lasting_id, xml_safe
from articles.public.views import gone_or_404, stands_elsewhere
from comments.models import Comment
from comments.text.html import as_html

COMMENTS_IN_A_FEED = 30


@public_page()
def rss(request, slug):
    article = Article.objects.visible().known_as(slug).first()
    if article is None:
        return gone_or_404(request, slug)
    if article.slug != slug or stands_elsewhere(request, article):
        return redirect(article.address_of("comments:rss"), permanent=True)
    return _feed(
        Comment.objects.shown().filter(article=article),
        title=_("Comments on %(title)s – %(site)s")
        % {"title": article.title, "site": settings.SITE_NAME},
        description=_("Comments by readers on “%(title)s”.") % {"title": article.title},
        page=reverse("comments:thread", args=[article.slug]),
        address=reverse("comments:rss", args=[article.slug]),
        language=article.language,
    )


@public_page()
def site_rss(request):
    language = language_at(request.path)
    return _feed(
        Comment.objects.shown().read_in(language),
        title=_("Comments – %(site)s") % {"site": settings.SITE_NAME},
        description=_("Comments by readers of %(site)s.")
        % {"site": settings.SITE_NAME},
        page=reverse("articles:home"),
        address=reverse("comments:site_rss"),
        language=language,
    )


def _feed(comments, **channel):
    comments = comments.for_feed().newest_first()[:COMMENTS_IN_A_FEED]
    return feed_of(map(_item, comments), **channel)


def _item(comment):
    return {
        "title": xml_safe(
            _("%(name)s on %(title)s")
            % {"name": comment.name, "title": comment.article.title}
        ),
        "link": settings.SITE_URL + comment.get_absolute_url(),
        "description": xml_safe(as_html(comment.body)),
        "unique_id": lasting_id(comment),
        "unique_id_is_permalink": False,
        "pubdate": comment.created_at,
        "names": [xml_safe(comment.name)],
    }
