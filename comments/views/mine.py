"""The private page of a comment, for its author."""

from http import HTTPStatus

from django.http import Http404
from django.shortcuts import render

from articles.core.http_cache import has_session
from articles.models import TransitionError
from comments.forms import AppealForm, ButtonForm, EditForm, NotifyForm
from comments.posting.author_actions import (
    appeal,
    appeal_of,
    change_words,
    hear_of_replies,
    needs_another_look,
    partly,
    prove_address,
    reason_given,
    state_of,
    withdraw,
)
from comments.security.networks import network_from, recent_hashes
from comments.security.tokens import browser_token, comment_of, private_address
from comments.text.html import as_html
from comments.threads.pages import moderator_of
from comments.views.receiving import (
    HttpResponseSeeOther,
    body_is_small_enough,
    reader_form,
    reason_to_refuse,
    with_private_headers,
)


@reader_form
def mine(request, token):
    """The status of a comment, and what its author can do with it."""
    if not body_is_small_enough(request):
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return _private(request, "comments/not_taken.html", {}, status)
    comment = comment_of(token)
    if comment is None:
        raise Http404
    forms = _Forms(request, comment)
    if comment.is_erased:
        return _private(
            request, "comments/erased.html", {"words": forms.words}, HTTPStatus.GONE
        )
    if forms.pressed is None:
        return _back(comment) if request.method == "POST" else _page(request, forms)
    if status := reason_to_refuse(request, forms.sent):
        return _page(request, forms, status)
    return _ACTIONS[forms.pressed](request, forms)


class _Forms:
    """The forms of the page. The form whose button was pressed is bound to the request."""

    def __init__(self, request, comment):
        is_post = request.method == "POST"
        self.comment = comment
        self.pressed = ButtonForm(request.POST).pressed if is_post else None
        sent = {self.pressed: request.POST}
        self.edit = EditForm(
            sent.get("edit", sent.get("preview")), initial={"body": comment.body}
        )
        self.appeal = AppealForm(sent.get("appeal"))
        self.notify = NotifyForm(None if comment.email else sent.get("notify"))

    @property
    def sent(self):
        """The bound form; None when the button has no form."""
        forms = [self.edit, self.appeal, self.notify]
        return next((form for form in forms if form.is_bound), None)

    @property
    def words(self):
        """The typed text, to be shown where it cannot be used."""
        return "" if self.sent is None else next(iter(self.sent)).value() or ""


def _withdraw(request, forms):
    withdraw(forms.comment)
    return _back(forms.comment)


def _edit(request, forms):
    try:
        change_words(
            forms.comment,
            forms.edit.cleaned_data["body"],
            by=moderator_of(request),
            network=network_from(request),
        )
    except TransitionError as error:
        return _page(request, forms, HTTPStatus.CONFLICT, why=str(error))
    return _back(forms.comment)


def _preview(request, forms):
    if not forms.comment.is_editable:
        return _edit(request, forms)
    return _page(request, forms, preview=as_html(forms.edit.cleaned_data["body"]))


def _appeal(request, forms):
    try:
        appeal(forms.comment, forms.appeal.cleaned_data["message"])
    except TransitionError as error:
        return _page(request, forms, HTTPStatus.CONFLICT, why=str(error))
    return _back(forms.comment)


def _notify(request, forms):
    address = "" if forms.comment.email else forms.notify.cleaned_data["email"]
    hear_of_replies(forms.comment, address, networks=recent_hashes(request))
    return _back(forms.comment)


def _stop(request, forms):
    forms.comment.stop_notifying()
    return _back(forms.comment)


def _prove(request, forms):
    prove_address(forms.comment, networks=recent_hashes(request))
    return _page(request, forms, link_asked=True)


_ACTIONS = {
    "withdraw": _withdraw,
    "edit": _edit,
    "preview": _preview,
    "appeal": _appeal,
    "notify": _notify,
    "stop": _stop,
    "prove": _prove,
}


def _back(comment):
    return HttpResponseSeeOther(private_address(comment))


def _page(request, forms, status=HTTPStatus.OK, **context):
    comment = forms.comment
    state = state_of(comment)
    context |= {
        "comment": comment,
        "html": as_html(comment.body),
        "state": state,
        "reason": reason_given(comment),
        "appeal": appeal_of(comment) if state == "not_published" else None,
        "needs_another_look": needs_another_look(comment, moderator_of(request)),
        "told_at": partly(comment.email) if comment.email else "",
        # Signed-in users are known by their account, so they need no browser token.
        "browser": "" if comment.by_id else browser_token(comment),
        "forms": forms,
        "status": status.value,
        "needs_token": has_session(request),
    }
    return _private(request, "comments/mine.html", context, status)


def _private(request, template, context, status):
    context = {"status": status.value} | context
    return with_private_headers(render(request, template, context, status=status))
