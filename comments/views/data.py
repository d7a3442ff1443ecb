"""The data of one email address: asking for the link by mail, download and erasure."""

from http import HTTPStatus

from django.http import JsonResponse
from django.shortcuts import render

from articles.core.http_cache import has_session, public_page
from comments.forms import AddressForm, DataButtonForm, EraseForm
from comments.mail.triggers import mail_way_to_data
from comments.privacy.export_and_erase import (
    erase_everything,
    export_of,
    number_of_comments,
    number_of_unproven,
)
from comments.security.networks import recent_hashes
from comments.security.tokens import mailbox_of_data
from comments.views.receiving import (
    body_is_small_enough,
    reader_form,
    reason_to_refuse,
    with_private_headers,
)


@reader_form
def ask_for_data(request):
    """A form for an address. The answer is the same whether the address is known or not."""
    if request.method != "POST":
        return _ask(request)
    if not body_is_small_enough(request):
        return _answer(
            request, "comments/not_taken.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        )
    form = AddressForm(request.POST)
    if status := reason_to_refuse(request, form):
        return _form_again(request, form, status)
    mail_way_to_data(form.cleaned_data["email"], networks=recent_hashes(request))
    return _answer(request, "comments/data_asked.html")


@public_page()
def _ask(request):
    context = {"form": AddressForm(), "needs_token": has_session(request)}
    return render(request, "comments/ask_for_data.html", context)


# The page cache reads the attribute from the view in the URLconf.
ask_for_data.public_parameters = _ask.public_parameters


@reader_form
def data(request, token):
    """Everything that was written with the address, for the owner of the mailed link."""
    if not body_is_small_enough(request):
        return _answer(
            request, "comments/not_taken.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        )
    mailbox = mailbox_of_data(token)
    if mailbox is None:
        return _answer(request, "comments/data_link_ended.html", HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return _page(request, mailbox)
    if status := reason_to_refuse(request, None):
        return _page(request, mailbox, status)
    if DataButtonForm(request.POST).wants_download:
        return _download(mailbox)
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _page(request, mailbox, HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
    number = erase_everything(mailbox)
    return _answer(request, "comments/data_erased.html", number=number)


def _download(mailbox):
    return with_private_headers(
        JsonResponse(
            export_of(mailbox),
            json_dumps_params={"ensure_ascii": False, "indent": 2},
            headers={"Content-Disposition": 'attachment; filename="comments.json"'},
        )
    )


def _page(request, mailbox, status=HTTPStatus.OK, *, form=None):
    return _answer(
        request,
        "comments/data.html",
        status,
        mailbox=mailbox,
        number=number_of_comments(mailbox),
        unproven=number_of_unproven(mailbox),
        form=form or EraseForm(),
    )


def _form_again(request, form, status):
    return _answer(request, "comments/ask_for_data.html", status, form=form)


def _answer(request, template, status=HTTPStatus.OK, **context):
    context |= {"status": status.value, "needs_token": has_session(request)}
    return with_private_headers(render(request, template, context, status=status))
