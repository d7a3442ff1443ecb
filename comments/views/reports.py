"""A reader reports a comment to the moderators."""

from http import HTTPStatus

from django.shortcuts import render
from django.urls import reverse

from articles.core.http_cache import has_session, public_page
from comments.forms import ReportForm
from comments.models import Comment, Report
from comments.moderation.reports import NotShown, submit_report
from comments.security.networks import lasting_hashes
from comments.security.throttling import TooMany
from comments.text.html import as_html
from comments.views.receiving import (
    HttpResponseSeeOther,
    body_is_small_enough,
    reader_form,
    reason_to_refuse,
    retry_later,
)


@reader_form
def report(request, id):
    if request.method == "POST":
        return _receive(request, id)
    return _ask(request, id)


@public_page()
def _ask(request, id):
    comment = _shown(id)
    if comment is None:
        return _nothing_to_report(request, id)
    return _form(request, ReportForm(instance=Report(comment=comment)), HTTPStatus.OK)


# The page cache reads the attribute from the view in the URLconf.
report.public_parameters = _ask.public_parameters


@public_page()
def reported(request):
    """The answer to every report, the same whatever became of it."""
    return render(request, "comments/reported.html")


def _receive(request, id):
    if not body_is_small_enough(request):
        return _not_taken(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    comment = _shown(id)
    form = ReportForm(request.POST, instance=Report(comment=comment))
    if comment is None:
        return _nothing_to_report(request, id, form)
    if status := reason_to_refuse(request, form):
        return _form(request, form, status)
    if form.fell_for_the_decoy:
        # A robot gets the usual answer, and nothing is stored.
        return HttpResponseSeeOther(reverse("comments:reported"))
    try:
        submit_report(
            form.instance, networks=lasting_hashes(request), by=_staff(request)
        )
    except NotShown:
        return _nothing_to_report(request, id, form)
    except TooMany as error:
        response = _form(request, form, HTTPStatus.TOO_MANY_REQUESTS, wait=error.wait)
        return retry_later(response, error.seconds)
    return HttpResponseSeeOther(reverse("comments:reported"))


def _shown(id):
    shown = Comment.objects.shown().select_related("article")
    return shown.filter(pk=id).first()


def _staff(request):
    """The signed-in member of staff; None without a session, and then without a query."""
    return request.user if has_session(request) and request.user.is_staff else None


def _form(request, form, status, **context):
    comment = form.instance.comment
    context |= {
        "form": form,
        "comment": comment,
        "html": as_html(comment.body),
        "status": status.value,
        "needs_token": has_session(request),
    }
    return render(request, "comments/report.html", context, status=status)


def _nothing_to_report(request, id, form=None):
    was_there = Comment.objects.on_page().filter(pk=id).exists()
    status = HTTPStatus.GONE if was_there else HTTPStatus.NOT_FOUND
    return _not_taken(request, status, form)


def _not_taken(request, status, form=None):
    """Nothing can be reported here; the typed text is shown, for copying."""
    context = {"status": status.value, "form": form}
    return render(request, "comments/not_reported.html", context, status=status)
