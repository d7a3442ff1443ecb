"""What the views behind readers' forms share: size limit, throttle and responses."""

from functools import wraps
from http import HTTPStatus
from io import BytesIO

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comments.security.csrf import is_cross_site
from comments.security.networks import network_from
from comments.security.refusals import refusals

# In bytes. The longest comment fits, with four-byte characters and percent-encoding.
LARGEST_POST = 64 * 1024


class HttpResponseSeeOther(HttpResponseRedirect):
    """Redirects after a POST to a page that is read with GET."""

    status_code = HTTPStatus.SEE_OTHER


def with_private_headers(response):
    """The response with headers for a secret address: no referrer, no index, no cache."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def body_is_small_enough(request):
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


def reader_form(view):
    """
    A decorator for pages with a form for readers, who have no session and no CSRF token.

    It allows GET, HEAD and POST, refuses floods, and reads the fields as UTF-8, as our pages send
    them, whatever encoding the request claims: bytes that are not UTF-8 become replacement
    characters. The view itself asks `body_is_small_enough` before it reads the fields, and then
    `reason_to_refuse`.
    """

    @wraps(view)
    def form_view(request, *args, **kwargs):
        request.encoding = "utf-8"
        return view(request, *args, **kwargs)

    allowed_view = require_http_methods(["GET", "HEAD", "POST"])(form_view)
    return _refusing_floods(csrf_exempt(allowed_view))


def reason_to_refuse(request, form):
    """The status that refuses the sent form, bound or None; None if it can be processed."""
    if is_cross_site(request):
        return HTTPStatus.FORBIDDEN
    if form is not None and not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return None


def retry_later(response, seconds):
    """The response, with the number of seconds after which the reader may try again."""
    response.headers["Retry-After"] = str(seconds)
    return response


def _refusing_floods(view):
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
    if body_is_small_enough(request):
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
    return with_private_headers(retry_later(response, seconds))
