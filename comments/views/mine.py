"""The private page of one comment."""

from http import HTTPStatus

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.caching import has_session
from comments.across_sites import is_from_elsewhere
from comments.forms import WithdrawForm
from comments.markup import as_html
from comments.mine import reason_given, state_of, withdraw
from comments.tokens import comment_of, private_address
from comments.views.receiving import HttpResponseSeeOther, as_private


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
        "state": state_of(comment),
        "reason": reason_given(comment),
        "refused": status == HTTPStatus.FORBIDDEN,
        "needs_token": has_session(request),
    }
    return as_private(render(request, "comments/mine.html", context, status=status))
