"""The public pages."""

from dataclasses import replace

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render

from articles.core import months
from articles.core.http_cache import public_page
from articles.core.languages import (
    further_languages,
    language_at,
    language_of_addresses,
)
from articles.core.pagination import key_or_404, newest_page
from articles.core.text.sorting import sorted_by_name
from articles.models import Article, Correction, Credit, Person, Tag
from articles.public.public_versions import versions_of

ARTICLES_A_PAGE = 20
CORRECTIONS_A_PAGE = 50


@public_page("before", "after")
def home(request):
    articles = articles_here(request).for_listing()
    is_front = request.GET.keys().isdisjoint({"before", "after"})
    lead = articles.on_top().first() if is_front else None
    size = ARTICLES_A_PAGE - 1 if lead else ARTICLES_A_PAGE
    page = _page(request, articles.not_on_top(), size=size)
    if page.is_newest and not is_front:
        # The front page has one address.
        return redirect("articles:home")
    if page.is_newest and page.rows and lead is None:
        lead, *rest = page.rows
        page = replace(page, rows=rest)
    return render(request, "articles/home.html", {"lead": lead, "page": page})


@public_page()
def article(request, slug):
    articles = Article.objects.visible_to(request.user).for_own_page()
    article = articles.filter(slug=slug).first()
    if article is None:
        return _moved_or_gone(request, slug)
    if stands_elsewhere(request, article):
        return redirect(article, permanent=True)
    return _own_page(request, article)


@public_page("before")
def changes(request, slug):
    """The changes of an article since it was published; 404 without the setting SHOW_CHANGES."""
    if not settings.SHOW_CHANGES:
        raise Http404("This site does not tell what changed.")
    article = Article.objects.visible().at(slug)
    if article is None:
        raise Http404("No article is visible here.")
    if article.slug != slug or stands_elsewhere(request, article):
        return redirect(article.address_of("articles:changes"), permanent=True)
    versions, older = versions_of(article, before=key_or_404(request.GET.get("before")))
    if not versions:
        raise Http404("No version stood here before that.")
    context = {"article": article, "versions": versions, "older": older}
    return render(request, "articles/changes.html", context)


@public_page()
def tags(request):
    tags = sorted_by_name(articles_here(request).tags())
    return render(request, "articles/tags.html", {"tags": tags})


@public_page("before", "after")
def tag(request, slug):
    tag = tag_or_404(slug)
    page = _page_or_404(request, articles_here(request).tagged(tag))
    if tag.slug != slug:
        return redirect(tag, permanent=True)
    return render(request, "articles/tag.html", {"tag": tag, "page": page})


@public_page("before", "after", "role")
def person(request, slug):
    """The articles that credit the person in one role; `?role=` chooses another."""
    person = Person.objects.at(slug)
    if person is None:
        raise Http404("Nobody has or had this address.")
    visible = articles_here(request)
    roles = visible.roles_of(person)
    wanted = request.GET.get("role", roles[0] if roles else None)
    if wanted not in roles:
        raise Http404("This person stands in no visible byline for that.")
    page = _page_or_404(request, visible.credited(person, wanted))
    if person.slug != slug:
        return redirect(person, permanent=True)
    context = {
        "person": person,
        "roles": roles,
        "role": Credit.Role(wanted),
        "page": page,
    }
    return render(request, "articles/person.html", context)


@public_page()
def archive(request):
    years = months.months_by_year(articles_here(request))
    return render(request, "articles/archive.html", {"years": years})


@public_page("before", "after")
def archive_year(request, year):
    page = _page_or_404(request, _published_in(request, months.year(year)))
    context = {
        "year": months.year(year),
        "months": months.months_of(articles_here(request), year),
        "page": page,
    }
    return render(request, "articles/archive_year.html", context)


@public_page("before", "after")
def archive_month(request, year, month):
    span = months.month(year, month)
    page = _page_or_404(request, _published_in(request, span))
    return render(request, "articles/archive_month.html", {"month": span, "page": page})


@public_page("before", "after")
def corrections(request):
    page = newest_page(
        Correction.objects.shown()
        .read_in(language_at(request.path))
        .select_related("article")
        .defer("article__body"),
        field="at",
        size=CORRECTIONS_A_PAGE,
        before=request.GET.get("before"),
        after=request.GET.get("after"),
    )
    return render(request, "articles/corrections.html", {"page": page})


def articles_here(request):
    """The visible articles in the language of the page that is asked for."""
    return Article.objects.visible().read_in(language_at(request.path))


def stands_elsewhere(request, article):
    """Whether the address that is asked for has the prefix of another language, or lacks one."""
    return language_of_addresses(article.language) != language_at(request.path)


def tag_or_404(slug):
    """The tag that has or had this slug; the caller redirects if it has another one now."""
    tag = Tag.objects.at(slug)
    if tag is None:
        raise Http404("No tag has or had this address.")
    return tag


def gone_or_404(request, slug):
    """The page with status 410 if an article with this slug was withdrawn; else Http404."""
    return _gone_or_404(request, Article.objects.gone().known_as(slug).first())


def _published_in(request, span):
    if span is None:
        raise Http404("No calendar has this month.")
    return articles_here(request).published_in(span)


def _page_or_404(request, articles):
    """A page of the articles. Raises Http404 if there are none."""
    page = _page(request, articles.for_listing())
    if not page:
        raise Http404("There is no visible article here.")
    return page


def _page(request, articles, *, size=ARTICLES_A_PAGE):
    return newest_page(
        articles,
        field="published_at",
        size=size,
        before=request.GET.get("before"),
        after=request.GET.get("after"),
    )


def _own_page(request, article):
    context = {
        "article": article,
        "corrections": article.corrections.all(),
        "older": article.older() if article.is_visible else None,
        "newer": article.newer() if article.is_visible else None,
        "languages": article.language_versions() if article.is_visible else [],
        "editable": article.editable_by(request.user),
        "translatable": bool(further_languages())
        and request.user.is_staff
        and request.user.has_perm("articles.add_article"),
        # Withdrawn, but still readable.
        "under_notice": article.is_under_notice,
    }
    return render(request, "articles/article.html", context)


def _moved_or_gone(request, slug):
    """The response for a slug without a visible article: redirect, notice, 410 or 404."""
    if moved := Article.objects.visible().known_as(slug).first():
        return redirect(moved, permanent=True)
    gone = Article.objects.gone().known_as(slug).select_related("replaced_by").first()
    if gone is not None and gone.is_under_notice:
        return _under_notice(request, gone, slug)
    if gone is not None and (other := gone.stands_in):
        return redirect(other, permanent=True)
    return _gone_or_404(request, gone)


def _under_notice(request, article, slug):
    """The withdrawn article under its notice, closed to search engines."""
    if article.slug != slug or stands_elsewhere(request, article):
        return redirect(article, permanent=True)
    kept = Article.objects.for_own_page().get(pk=article.pk)
    response = _own_page(request, kept)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _gone_or_404(request, gone):
    if gone is None:
        raise Http404("No article is or was visible here.")
    return render(request, "410.html", {"notice": gone.notice}, status=410)
