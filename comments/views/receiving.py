"""What the views behind readers' forms share: size limit, throttle and responses."""

from functools import wraps
from http import HTTPStatus
from io import BytesIO

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render

from comments.security.networks import network_from
from comments.security.refusals import refusals

# In bytes. The longest comment fits, with four-byte characters and percent-encoding.
LARGEST_POST = 64 * 1024


class HttpResponseSeeOther(HttpResponseRedirect):
    """Redirects after a POST to a page that is read with GET."""

    status_code = HTTPStatus.SEE_OTHER


def as_private(response):
    """The response with headers for a secret address: no referrer, no index, no cache."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def fits(request):
    """Whether the body is within LARGEST_POST bytes, by Content-Length or by reading it."""
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    if announced or "chunked" not in request.headers.get("Transfer-Encoding", ""):
        # No server passes on more bytes than Content-Length announces.
        return announced <= LARGEST_POST
    body = request.environ["wsgi.input"].read(LARGEST_POST + 1)
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = BytesIO(body)
    return len(body) <= LARGEST_POST


def refusing_floods(view):
    """A decorator for views: refuses POSTs of a network after too many recent refusals."""

    @wraps(view)
    def limited_view(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        network = network_from(request)
        if seconds := refusals.seconds_to_wait(network):
            return _too_many_refused(request, seconds)
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            refusals.count(network)
            raise
        if 400 <= response.status_code < 500:
            refusals.count(network)
        return response

    return limited_view


# Fields that readers do not type, which are not shown for copying.
_NOT_WORDS = {"csrfmiddlewaretoken", "parent", "browser", "seconds", "subject"}


def _too_many_refused(request, seconds):
    words = []
    if fits(request):
        request.encoding = "utf-8"
        words = [
            (name.capitalize(), value)
            for name, value in request.POST.items()
            if value and name not in _NOT_WORDS
        ]
    context = {"seconds": seconds, "words": words}
    response = render(
        request,
        "comments/too_many_refused.html",
        context,
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response.headers["Retry-After"] = str(seconds)
    return as_private(response)
