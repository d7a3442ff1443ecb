"""The public pages of a conversation."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from articles.core.http_cache import public_page
from articles.models import Article
from articles.public.views import gone_or_404, stands_elsewhere
from comments.models import Comment
from comments.threads.pages import answered_in, page_context, root_in
from comments.threads.permalinks import address_of
from comments.views.posting import post
from comments.views.receiving import reader_form


@reader_form
def thread(request, slug):
    if request.method == "POST":
        return post(request, slug)
    return _show(request, slug)


@public_page("after", "reply", "root", "sort")
def _show(request, slug):
    """
    One page of the conversation.

    Query parameters: `root` shows the replies to one comment, `reply` the form that answers one.
    """
    article = Article.objects.visible().known_as(slug).first()
    if article is None:
        return gone_or_404(request, slug)
    if article.slug != slug or stands_elsewhere(request, article):
        return redirect(article.address_of("comments:thread"), permanent=True)
    root = None
    if "root" in request.GET:
        root = root_in(article, request.GET["root"])
        if root is None:
            raise Http404("No conversation here begins with this comment.")
    context = page_context(
        request,
        article,
        root=root,
        after=request.GET.get("after"),
        newest_first=request.GET.get("sort") == "newest",
        answered=answered_in(article, request.GET.get("reply")),
    )
    return render(request, "comments/thread.html", context)


# The page cache reads the attribute from the view in the URLconf.
thread.public_parameters = _show.public_parameters


@public_page()
def comment(request, id):
    """Redirects from a comment's permanent address to the page that shows it."""
    comments = Comment.objects.on_page().select_related("article", "root")
    return redirect(address_of(get_object_or_404(comments, pk=id)))


@public_page()
def received(request):
    """The answer to a repeated comment that is already public: the same for everybody."""
    return render(request, "comments/received.html")
