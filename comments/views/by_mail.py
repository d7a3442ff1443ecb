"""
The pages behind the links of the moderators' digest.

Opening a link decides nothing, because mail programs and scanners open links by themselves.
"""

from http import HTTPStatus

from django.shortcuts import render

from articles.core.http_cache import has_session
from articles.models import TransitionError
from comments.forms import OneStepForm, RejectForm
from comments.mail.one_click import link_to_decide
from comments.screening.wording import why
from comments.text.html import as_html
from comments.views.receiving import (
    HttpResponseSeeOther,
    body_is_small_enough,
    reader_form,
    reason_to_refuse,
    with_private_headers,
)


@reader_form
def confirm_decision(request, token):
    """The page on which a moderator confirms the one step that the link is for."""
    link = link_to_decide(token)
    if link is None:
        return _page(request, "no_decision.html", status=HTTPStatus.NOT_FOUND)
    if not link.is_permitted:
        typed = _typed(request)
        status = HTTPStatus.FORBIDDEN
        return _page(request, "not_permitted.html", status=status, typed=typed)
    if not link.is_allowed_by_mail:
        typed = _typed(request)
        status = HTTPStatus.FORBIDDEN
        return _page(request, "not_by_mail.html", status=status, link=link, typed=typed)
    if not link.can_be_followed:
        return _too_late(request, link)
    if request.method != "POST":
        return _ask(request, link, _form_for(link)(step=link.step))
    return _receive(request, link)


def _receive(request, link):
    if not body_is_small_enough(request):
        form = _form_for(link)(step=link.step)
        return _ask(request, link, form, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    form = _form_for(link)(request.POST, step=link.step)
    if status := reason_to_refuse(request, form):
        return _ask(request, link, form, status)
    try:
        link.follow(**form.why)
    except TransitionError:
        return _too_late(request, link)
    return with_private_headers(HttpResponseSeeOther(request.path))


def _form_for(link):
    return RejectForm if link.step == "reject" else OneStepForm


def _ask(request, link, form, status=HTTPStatus.OK):
    comment = link.comment
    found = comment.signals.filter(text_revision=comment.text_revision)
    return _page(
        request,
        "decide_by_mail.html",
        status=status,
        link=link,
        comment=comment,
        html=as_html(comment.body),
        why=why(found),
        reports=comment.reports.all(),
        form=form,
        not_done=form.is_bound and not form.was_pressed or _is_refused(status),
    )


def _is_refused(status):
    return status in [HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE]


def _too_late(request, link):
    """Says who decided what, and when. The text of the comment is shown at the desk only."""
    is_gone = link.comment.is_erased or not link.comes_too_late
    if request.method == "POST":
        status = HTTPStatus.CONFLICT
    else:
        status = HTTPStatus.GONE if is_gone else HTTPStatus.OK
    return _page(
        request,
        "decided.html",
        status=status,
        link=link,
        comment=link.comment,
        last=link.comment.decisions.first(),
        typed=_typed(request),
    )


def _typed(request):
    """The explanation that cannot be sent any more, for copying."""
    if request.method != "POST" or not body_is_small_enough(request):
        return ""
    return RejectForm(request.POST, step="reject")["explanation"].value() or ""


def _page(request, template, *, status, **context):
    context |= {"status": status.value, "needs_token": has_session(request)}
    return with_private_headers(
        render(request, f"comments/{template}", context, status=status)
    )
