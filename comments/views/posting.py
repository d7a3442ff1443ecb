"""Receiving a reader's comment. A comment that is refused comes back with every word."""

import logging
from http import HTTPStatus

from django.db import OperationalError
from django.shortcuts import render
from django.urls import reverse

from articles.core.full_disk import is_of_a_full_disk
from articles.models import Article
from comments.forms import CommentForm
from comments.models import Comment
from comments.posting.submit import NotOpen, submit_comment
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

logger = logging.getLogger(__name__)

# After this many seconds a reader may try again to post a comment that could not be stored.
TRY_AGAIN_AFTER = 5


def post(request, slug):
    if not body_is_small_enough(request):
        return _not_taken(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    article, form = _article_and_form(request, slug)
    if not_open := _answer_if_not_open(request, slug, article, form):
        return not_open
    if status := reason_to_refuse(request, form):
        return _form_again(request, form, status)
    if form.wants_preview:
        return _form_again(request, form, HTTPStatus.OK)
    return _take(request, slug, form)


def _article_and_form(request, slug):
    article = Article.objects.visible().select_related("thread").at(slug)
    return article, CommentForm(request.POST, instance=Comment(article=article))


def _answer_if_not_open(request, slug, article, form):
    """The answer if the article is not there or its conversation is closed; else None."""
    if article is None:
        gone = Article.objects.gone().known_as(slug).first()
        status = HTTPStatus.GONE if gone else HTTPStatus.NOT_FOUND
        return _not_taken(request, status, form, notice=gone and gone.notice)
    if thread_of(article).is_closed:
        return _not_taken(request, HTTPStatus.FORBIDDEN, form, article=article)
    return None


def _take(request, slug, form):
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
    except NotOpen:
        # It was open when the request came.
        article, form = _article_and_form(request, slug)
        not_open = _answer_if_not_open(request, slug, article, form)
        return not_open or _could_not_be_stored(request, form)
    except OperationalError as error:
        if is_of_a_full_disk(error):
            # It will not be free in a few seconds: the page for that is the right one.
            raise
        # Another writer held the database for too long.
        logger.error("A comment could not be stored: %s", error)
        return _could_not_be_stored(request, form)
    is_new = comment is form.instance
    if is_new or comment.first_shown_at is None:
        return HttpResponseSeeOther(private_address(comment))
    return HttpResponseSeeOther(reverse("comments:received"))


def _could_not_be_stored(request, form):
    """
    The form again, with 503.

    If the database cannot be read either, this raises OperationalError, and the page for
    such errors shows the words.
    """
    response = _form_again(request, form, HTTPStatus.SERVICE_UNAVAILABLE)
    return retry_later(response, TRY_AGAIN_AFTER)


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
