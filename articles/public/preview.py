"""Previews: an article as readers will see it, for the desk and for holders of a secret link."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.content.snapshots import TEXTS
from articles.core.append_only import name_of
from articles.core.slugs import slug_from
from articles.core.text.names import name_key
from articles.models import Article, Credit, Image, Person, PreviewLink, Tag


@require_safe
def preview(request, key):
    """Show the current working content of the article of a secret link; 410 when it has ended."""
    link = get_object_or_404(PreviewLink.objects.select_related("article"), key=key)
    if not link.is_open:
        return unseen(
            render(request, "articles/preview_ended.html", {"link": link}, status=410)
        )
    article = article_with_content(link.article, link.article.working_content())
    return preview_page(request, article, {"link": link})


def preview_page(request, article, context):
    """
    Render the article's public page with a preview banner, without what needs a public article.

    `context` is added to the context of the template.
    """
    place = {
        "article": article,
        "corrections": article.corrections.all(),
        "older": article.older(),
        "newer": article.newer(),
        "is_embargoed": bool(
            article.embargo_until and article.embargo_until > timezone.now()
        ),
    }
    return unseen(render(request, "articles/preview.html", place | context))


def unseen(response: HttpResponse) -> HttpResponse:
    """Mark the response: no caching, no indexing, no referrer to other sites. Return it."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def article_with_content(article, content):
    """The article with the content of a snapshot, for showing; nothing is saved."""
    shown = Article.objects.get(pk=article.pk)
    for name in TEXTS:
        setattr(shown, name, content.get(name, getattr(shown, name)))
    # Without a date, it is shown as if published now.
    shown.published_at = shown.published_at or timezone.now()
    if "lead_image" in content:
        lead = content["lead_image"] or {}
        shown.lead_image = Image.objects.filter(pk=lead.get("image")).first()
        shown.lead_alt, shown.lead_caption = (
            lead.get("alt", ""),
            lead.get("caption", ""),
        )
    prefetched = {}
    if "tags" in content:
        prefetched["tags"] = _tags(content["tags"])
    if "byline" in content:
        prefetched["credits"] = _credits(shown, content["byline"])
    shown._prefetched_objects_cache = prefetched
    return shown


def share(article, *, days, by):
    """Make a secret link to the article that ends after this many days, and return it."""
    return article.preview_links.create(
        ends_at=timezone.now() + timedelta(days=days), by=by, by_name=name_of(by)
    )


def _tags(names):
    known = Tag.objects.called(names)
    for name in names:
        if name_key(name) not in known:
            slug = _slug(name, fallback="tag", max_length=100)
            known[name_key(name)] = Tag(name=name, slug=slug)
    return [known[key] for key in dict.fromkeys(map(name_key, names))]


def _credits(article, byline):
    """The byline as unsaved credits; deleted people appear with the name in the snapshot."""
    credits = []
    for person, role in Person.objects.credited(byline):
        person.slug = person.slug or _slug(
            person.name, fallback="person", max_length=120
        )
        credits.append(Credit(article=article, person=person, role=role))
    return credits


def _slug(name, **limits):
    return slug_from(name, language=settings.LANGUAGE_CODE, **limits)
