"""Receiving a reader's comment. A comment that is refused comes back with every word."""

from http import HTTPStatus

from django.shortcuts import render
from django.urls import reverse

from articles.models import Article
from comments.forms import CommentForm
from comments.models import Comment
from comments.posting.submit import submit_comment
from comments.security.networks import network_from
from comments.security.throttling import TooMany
from comments.security.tokens import private_address
from comments.text.html import as_html
from comments.threads.pages import answered_in, form_context, moderator_of, thread_of
from comments.views.receiving import (
    HttpResponseSeeOther,
    body_is_small_enough,
    reason_to_refuse,
    retry_later,
)


def post(request, slug):
    if not body_is_small_enough(request):
        return _not_taken(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    article = Article.objects.visible().select_related("thread").at(slug)
    form = CommentForm(request.POST, instance=Comment(article=article))
    if article is None:
        gone = Article.objects.gone().known_as(slug).first()
        status = HTTPStatus.GONE if gone else HTTPStatus.NOT_FOUND
        return _not_taken(request, status, form, notice=gone and gone.notice)
    if thread_of(article).is_closed:
        return _not_taken(request, HTTPStatus.FORBIDDEN, form, article=article)
    if status := reason_to_refuse(request, form):
        return _form_again(request, form, status)
    if form.wants_preview:
        return _form_again(request, form, HTTPStatus.OK)
    return _take(request, form)


def _take(request, form):
    try:
        comment = submit_comment(
            form.instance,
            network=network_from(request),
            by=moderator_of(request),
            decoy=form.fell_for_the_decoy,
            browser=form.cleaned_data["browser"],
            seconds=form.cleaned_data["seconds"],
        )
    except TooMany as error:
        response = _form_again(
            request, form, HTTPStatus.TOO_MANY_REQUESTS, wait=error.wait
        )
        return retry_later(response, error.seconds)
    is_new = comment is form.instance
    if is_new or comment.first_shown_at is None:
        return HttpResponseSeeOther(private_address(comment))
    return HttpResponseSeeOther(reverse("comments:received"))


def _form_again(request, form, status, **context):
    """The form with everything that was typed, and the reason why it was refused."""
    article = form.instance.article
    answered = answered_in(article, form["parent"].value())
    context |= form_context(request, article, form=form, answered=answered)
    context |= {"status": status.value, "preview": None}
    if status == HTTPStatus.OK:
        context["preview"] = form.instance
        context["html"] = as_html(form.instance.body)
    return render(request, "comments/post.html", context, status=status)


def _not_taken(request, status, form=None, **context):
    """Nothing can be posted here; the typed text is shown, for copying."""
    context |= {"status": status.value, "form": form}
    return render(request, "comments/not_taken.html", context, status=status)
