"""The conversation's public pages."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.caching import public_page
from articles.models import Article
from articles.views import gone_or_404
from comments.conversation import address_of, answered_in, page_context
from comments.models import Comment
from comments.views.posting import post


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request, slug):
    if request.method == "POST":
        return post(request, slug)
    return _show(request, slug)


@public_page("after", "reply", "sort")
def _show(request, slug):
    """The conversation page by page; `reply` names the comment that the form answers."""
    article = Article.objects.visible().known_as(slug).first()
    if article is None:
        return gone_or_404(request, slug)
    if article.slug != slug:
        return redirect("comments:thread", article.slug, permanent=True)
    context = page_context(
        request,
        article,
        after=request.GET.get("after"),
        newest_first=request.GET.get("sort") == "newest",
        answered=answered_in(article, request.GET.get("reply")),
    )
    return render(request, "comments/thread.html", context)


# The page cache asks the view that the address leads to.
thread.public_parameters = _show.public_parameters


@public_page()
def comment(request, id):
    """The one address of a comment, wherever it stands."""
    comments = Comment.objects.on_page().select_related("article", "root")
    return redirect(address_of(get_object_or_404(comments, pk=id)))


@public_page()
def received(request):
    """What somebody sees who sends again what is on the page: the same for all, for anyone can copy it."""
    return render(request, "comments/received.html")
