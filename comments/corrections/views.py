"""A reader reports an error in an article, and follows what becomes of the request."""

from http import HTTPStatus

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.core.http_cache import has_session, public_page
from articles.models import Article, CorrectionRequest
from articles.public.views import gone_or_404, stands_elsewhere
from comments.corrections.forms import ErrorForm
from comments.corrections.submit import submit_correction_request
from comments.security.networks import recent_hashes
from comments.security.throttling import TooMany
from comments.security.tokens import request_address, request_of
from comments.views.receiving import (
    HttpResponseSeeOther,
    body_is_small_enough,
    reader_form,
    reason_to_refuse,
    retry_later,
    with_private_headers,
)


@reader_form
def report_error(request, slug):
    if request.method == "POST":
        return _receive(request, slug)
    return _ask(request, slug)


@public_page()
def _ask(request, slug):
    article = Article.objects.visible().known_as(slug).first()
    if article is None:
        return gone_or_404(request, slug)
    if article.slug != slug or stands_elsewhere(request, article):
        return redirect(article.address_of("comments:report_error"), permanent=True)
    form = ErrorForm(instance=CorrectionRequest(article=article))
    return _form(request, form, HTTPStatus.OK)


# The page cache reads the attribute from the view in the URLconf.
report_error.public_parameters = _ask.public_parameters


@require_safe
def correction_request(request, token):
    """The private page of a correction request, for its sender."""
    asked = request_of(token)
    if asked is None:
        raise Http404
    context = {"asked": asked, "article": asked.article}
    return with_private_headers(
        render(request, "comments/corrections/request.html", context)
    )


def _receive(request, slug):
    if not body_is_small_enough(request):
        return _not_taken(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    article = Article.objects.visible().known_as(slug).first()
    form = ErrorForm(request.POST, instance=CorrectionRequest(article=article))
    if article is None:
        gone = Article.objects.gone().known_as(slug).first()
        status = HTTPStatus.GONE if gone else HTTPStatus.NOT_FOUND
        return _not_taken(request, status, form, notice=gone and gone.notice)
    if status := reason_to_refuse(request, form):
        return _form(request, form, status)
    if form.fell_for_the_decoy:
        # A robot gets the usual answer, and nothing is stored.
        return HttpResponseSeeOther(reverse("comments:reported"))
    try:
        asked = submit_correction_request(
            form.instance, networks=recent_hashes(request)
        )
    except TooMany as error:
        response = _form(request, form, HTTPStatus.TOO_MANY_REQUESTS, wait=error.wait)
        return retry_later(response, error.seconds)
    return HttpResponseSeeOther(request_address(asked))


def _form(request, form, status, **context):
    context |= {
        "form": form,
        "article": form.instance.article,
        "status": status.value,
        "needs_token": has_session(request),
    }
    return render(
        request, "comments/corrections/report_error.html", context, status=status
    )


def _not_taken(request, status, form=None, **context):
    """No request can be sent about this article; the typed text is shown, for copying."""
    context |= {"status": status.value, "form": form}
    return render(
        request, "comments/corrections/not_taken.html", context, status=status
    )
