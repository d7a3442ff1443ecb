"""
The pages behind the links of mails to readers.

Opening a link changes nothing, because mail programs and scanners open links by themselves.
"""

from http import HTTPStatus

from django.shortcuts import render

from articles.core.http_cache import has_session
from comments.forms import ConfirmForm, OneClickForm, StopForm
from comments.moderation.reputation import confirm_mailbox, disown
from comments.security.tokens import mailbox_to_confirm, mails_to_stop
from comments.text.html import as_html
from comments.views.receiving import (
    HttpResponseSeeOther,
    body_is_small_enough,
    reader_form,
    reason_to_refuse,
    with_private_headers,
)


@reader_form
def confirm(request, token):
    """The owner of an address says if the comment is theirs, and if they want mails about it."""
    mailbox, comment = mailbox_to_confirm(token)
    if mailbox is None:
        return _page(request, "link_ended.html", status=HTTPStatus.NOT_FOUND)
    status, form = _received(request, ConfirmForm)
    if form:
        if form.cleaned_data["answer"] == "yes":
            confirm_mailbox(mailbox, comment)
        else:
            disown(mailbox, comment)
        return with_private_headers(HttpResponseSeeOther(request.path))
    asked = comment if comment and comment.asks_about(mailbox) else None
    context = {"mailbox": mailbox, "asked": asked, "comment": comment}
    context["html"] = as_html(asked.body) if asked else ""
    return _page(request, "confirm.html", status=status, **context)


@reader_form
def stop(request, token):
    """The owner of an address stops the mails about one comment, or all mails."""
    mailbox, comment = mails_to_stop(token)
    if mailbox is None:
        return _page(request, "link_ended.html", status=HTTPStatus.NOT_FOUND)
    context = {"mailbox": mailbox, "comment": comment}
    if _is_one_click(request):
        _stop(mailbox, comment, "comment" if comment else "all")
        return _page(request, "stop.html", status=HTTPStatus.OK, **context)
    status, form = _received(request, StopForm)
    if form:
        _stop(mailbox, comment, form.cleaned_data["mails"])
        return with_private_headers(HttpResponseSeeOther(request.path))
    return _page(request, "stop.html", status=status, **context)


def _stop(mailbox, comment, mails):
    if mails == "resume":
        mailbox.resume()
    elif mails == "all":
        mailbox.stop()
    elif comment is not None:
        comment.stop_notifying()


def _is_one_click(request):
    """
    Whether a mail program sends a one-click unsubscribe (RFC 8058).

    It is no browser and has no page of ours, so the origin of the request is not checked: the
    token shows that the mail was sent to its reader.
    """
    return (
        request.method == "POST"
        and body_is_small_enough(request)
        and OneClickForm(request.POST).is_valid()
    )


def _received(request, form_class):
    """The status of the page, and the form; None for a form that must not be processed."""
    if request.method != "POST":
        return HTTPStatus.OK, None
    if not body_is_small_enough(request):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, None
    form = form_class(request.POST)
    if status := reason_to_refuse(request, form):
        return status, None
    return HTTPStatus.OK, form


def _page(request, template, *, status, **context):
    context |= {
        "not_done": status >= HTTPStatus.BAD_REQUEST,
        "needs_token": has_session(request),
    }
    return with_private_headers(
        render(request, f"comments/{template}", context, status=status)
    )
