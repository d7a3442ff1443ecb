"""What every form of ours has in common when it comes in, and the answers to it."""

from http import HTTPStatus
from io import BytesIO

from django.http import HttpResponseRedirect

# In bytes. The longest comment in the longest characters, percent-encoded, fits.
LARGEST_POST = 64 * 1024


class HttpResponseSeeOther(HttpResponseRedirect):
    """The answer to a POST is at another address, to be read with GET."""

    status_code = HTTPStatus.SEE_OTHER


def as_private(response):
    """The answer, marked: its address is a key, which goes to no other site, no index and no cache."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def fits(request):
    """Whether the body is small enough, by what was announced or, where nothing was, by what comes."""
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    if announced or "chunked" not in request.headers.get("Transfer-Encoding", ""):
        # No more than what was announced is ever read.
        return announced <= LARGEST_POST
    body = request.environ["wsgi.input"].read(LARGEST_POST + 1)
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = BytesIO(body)
    return len(body) <= LARGEST_POST
