"""The public pages."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from articles import calendar
from articles.caching import public_page
from articles.cursors import newest_page
from articles.models import Article

ARTICLES_A_PAGE = 20


@public_page("before", "after")
def home(request):
    articles = Article.objects.visible().for_listing()
    page = _page(request, articles.not_on_top())
    if page.newer is None and "after" in request.GET:
        # The newest page has one address.
        return redirect("articles:home")
    stories = list(page)
    if page.newer is None and "before" not in request.GET:
        stories = [*articles.on_top(), *stories]
    return render(request, "articles/home.html", {"page": page, "stories": stories})


@public_page()
def article(request, slug):
    articles = Article.objects.visible_to(request.user).for_page()
    article = articles.filter(slug=slug).first()
    if article is None:
        return _moved_or_gone(request, slug)
    context = {
        "article": article,
        "newer": article.is_visible and article.newer(),
        "older": article.is_visible and article.older(),
        "editable": article.editable_by(request.user),
    }
    return render(request, "articles/article.html", context)


@public_page()
def tags(request):
    tags = Article.objects.visible().tags().order_by("name")
    return render(request, "articles/tags.html", {"tags": tags})


@public_page("before", "after")
def tag(request, slug):
    tag = get_object_or_404(Article.objects.visible().tags(), slug=slug)
    articles = Article.objects.visible().filter(tags=tag)
    page = _page(request, articles.for_listing())
    return render(request, "articles/tag.html", {"tag": tag, "page": page})


@public_page("before", "after")
def person(request, slug):
    person = get_object_or_404(Article.objects.visible().people(), slug=slug)
    articles = Article.objects.visible().filter(byline=person)
    page = _page(request, articles.for_listing())
    return render(request, "articles/person.html", {"person": person, "page": page})


@public_page()
def archive(request):
    years = calendar.months_by_year(Article.objects.visible())
    return render(request, "articles/archive.html", {"years": years})


@public_page()
def archive_year(request, year):
    months = calendar.months_of(Article.objects.visible(), year)
    if not months:
        raise Http404
    return render(
        request, "articles/archive_year.html", {"year": year, "months": months}
    )


@public_page("before", "after")
def archive_month(request, year, month):
    span = calendar.month(year, month)
    if span is None:
        raise Http404
    page = _page(request, Article.objects.visible().published_in(span).for_listing())
    if not page:
        raise Http404
    return render(request, "articles/archive_month.html", {"span": span, "page": page})


def _page(request, articles):
    return newest_page(
        articles,
        field="published_at",
        size=ARTICLES_A_PAGE,
        before=request.GET.get("before"),
        after=request.GET.get("after"),
    )


def _moved_or_gone(request, slug):
    """What is left at an address where nobody finds an article any more."""
    if moved := Article.objects.visible().known_as(slug).first():
        return redirect(moved, permanent=True)
    if gone := Article.objects.gone().known_as(slug).first():
        return render(request, "410.html", {"notice": gone.notice}, status=410)
    raise Http404
