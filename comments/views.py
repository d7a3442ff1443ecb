"""The conversation's pages, and taking what readers send."""

from http import HTTPStatus
from io import BytesIO

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.caching import has_session, public_page
from articles.models import Article
from articles.views import gone_or_404
from comments.across_sites import is_from_elsewhere
from comments.conversation import (
    address_of,
    form_context,
    moderator_of,
    page_context,
    thread_of,
)
from comments.forms import CommentForm, WithdrawForm
from comments.markup import as_html, initial
from comments.mine import reason_given, state_of, withdraw
from comments.models import Comment
from comments.networks import recent_hashes
from comments.posting import TooManyComments, take
from comments.tokens import comment_of, private_address

# In bytes. The longest comment in the longest characters, percent-encoded, fits.
LARGEST_POST = 64 * 1024


class HttpResponseSeeOther(HttpResponseRedirect):
    """The answer to a POST is at another address, to be read with GET."""

    status_code = HTTPStatus.SEE_OTHER


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request, slug):
    if request.method == "POST":
        return _post(request, slug)
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
        answered=_answered(article, request.GET.get("reply")),
    )
    return render(request, "comments/thread.html", context)


# The page cache asks the view that the address leads to.
thread.public_parameters = _show.public_parameters


@public_page()
def comment(request, id):
    """The one address of a comment, wherever it stands."""
    comments = Comment.objects.on_page().select_related("article", "root")
    return redirect(address_of(get_object_or_404(comments, pk=id)))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request, token):
    """What became of a comment, for its author alone."""
    comment = comment_of(token)
    if comment is None:
        raise Http404
    status = HTTPStatus.OK
    if request.method == "POST":
        if not is_from_elsewhere(request):
            if WithdrawForm(request.POST).is_valid():
                withdraw(comment)
            return HttpResponseSeeOther(private_address(comment))
        status = HTTPStatus.FORBIDDEN
    context = {
        "comment": comment,
        "html": as_html(comment.body),
        "initial": initial(comment.name),
        "state": state_of(comment),
        "reason": reason_given(comment),
        "refused": status == HTTPStatus.FORBIDDEN,
        "needs_token": has_session(request),
    }
    response = render(request, "comments/mine.html", context, status=status)
    # The address is a key: it goes to no other site, no index and no cache.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@public_page()
def received(request):
    """What somebody sees who sends again what is on the page: the same for all, for anyone can copy it."""
    return render(request, "comments/received.html")


def _post(request, slug):
    if not _fits(request):
        return _not_taken(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    # Whatever the sender says of the encoding: our form is UTF-8, and what is not
    # becomes replacement characters.
    request.encoding = "utf-8"
    article = Article.objects.visible().known_as(slug).first()
    form = CommentForm(request.POST, instance=Comment(article=article))
    if article is None:
        gone = Article.objects.gone().known_as(slug).first()
        status = HTTPStatus.GONE if gone else HTTPStatus.NOT_FOUND
        return _not_taken(request, status, form, notice=gone and gone.notice)
    if thread_of(article).is_closed:
        return _not_taken(request, HTTPStatus.FORBIDDEN, form, article=article)
    if is_from_elsewhere(request):
        return _form_again(request, form, HTTPStatus.FORBIDDEN)
    if not form.is_valid():
        return _form_again(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.wants_preview:
        return _form_again(request, form, HTTPStatus.OK)
    return _take(request, form)


def _take(request, form):
    try:
        comment = take(
            form.instance,
            networks=recent_hashes(request),
            by=moderator_of(request),
            decoy=form.fell_for_the_decoy,
        )
    except TooManyComments as error:
        response = _form_again(
            request, form, HTTPStatus.TOO_MANY_REQUESTS, wait=error.wait
        )
        response.headers["Retry-After"] = str(error.seconds)
        return response
    is_new = comment is form.instance
    if is_new or comment.first_shown_at is None:
        return HttpResponseSeeOther(private_address(comment))
    return HttpResponseSeeOther(reverse("comments:received"))


def _form_again(request, form, status, **context):
    """The form with every word that was typed, and above it why it is back."""
    article = form.instance.article
    answered = _answered(article, form["parent"].value())
    context |= form_context(request, article, form=form, answered=answered)
    context |= {"status": status.value, "preview": None}
    if status == HTTPStatus.OK:
        context["preview"] = form.instance
        context["html"] = as_html(form.instance.body)
        context["initial"] = initial(form.instance.name)
    return render(request, "comments/post.html", context, status=status)


def _not_taken(request, status, form=None, **context):
    """Nothing can be posted here; the words are shown, to be copied."""
    context |= {"status": status.value, "form": form}
    return render(request, "comments/not_taken.html", context, status=status)


def _answered(article, id):
    """The comment that the form answers; None when readers cannot see it under this article."""
    if not id:
        return None
    try:
        return Comment.objects.shown().filter(article=article, pk=id).first()
    except (ValueError, OverflowError):
        return None


def _fits(request):
    """Whether the body is small enough, by what was announced or, where nothing was, by what comes."""
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    if announced or "chunked" not in request.headers.get("Transfer-Encoding", ""):
        # No more than what was announced is ever read.
        return announced <= LARGEST_POST
    body = request.environ["wsgi.input"].read(LARGEST_POST + 1)
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = BytesIO(body)
    return len(body) <= LARGEST_POST
