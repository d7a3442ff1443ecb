"""How many bytes the body of a request may have at each address, and the refusal of more, before anything is parsed."""

import re
from io import BytesIO

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.shortcuts import render

from articles.pictures.accepting import LARGEST_FILE
from newsroom.request_bodies import announced_length

# In bytes, everywhere and for everybody. The longest comment in the longest characters,
# percent-encoded, fits.
LARGEST_BODY = 64 * 1024

# In bytes, for requests of somebody who is signed in, at the addresses below the prefix.
# Everywhere else LARGEST_BODY holds, also for them.
MIB = 1024 * 1024
LARGER_BODIES = [
    # Uploads: ten of the largest pictures, or the fifty that are taken at once. The
    # script of the page sends them one by one.
    (re.compile(r"/admin/articles/image/add/"), 10 * LARGEST_FILE + MIB),
    # A new file in the place of the old one.
    (re.compile(r"/admin/articles/image/\d+/change/"), LARGEST_FILE + MIB),
    # The whole text of an article: its form, proposals, what is kept while somebody
    # types, and the preview of that.
    (re.compile(r"/admin/articles/(?:article|proposal)/"), 10 * MIB),
    # Pages such as the imprint, and the words that the screening looks for.
    (re.compile(r"/admin/flatpages/flatpage/"), MIB),
    (re.compile(r"/admin/comments/(?:rulesetting|term)/"), MIB),
    # Lists in which many rows are ticked, with filters and texts beside them; not the
    # pages for who is not signed in.
    (re.compile(r"/admin/(?!login/|password_reset/|reset/)"), 512 * 1024),
]


def largest_body(path: str, *, is_signed_in: bool) -> int:
    """The bytes that a body may have at this path, which begins with a slash."""
    if is_signed_in:
        for pattern, limit in LARGER_BODIES:
            if pattern.match(path):
                return limit
    return LARGEST_BODY


class BodyLimits:
    """
    Refuse a body that is too large for its address with 413, before anything parses it.

    One that is too large only for who is not signed in is refused with 403: a session
    has ended while somebody was writing.

    What was announced decides; where nothing was, as of a chunked body, no more is
    read than the limit. A view that is exempt from Django's CSRF check answers 413 in
    its own words, by `comments.views.receiving.fits`; the body is empty by then.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        limit = largest_body(request.path_info, is_signed_in=_is_signed_in(request))
        announced = announced_length(request.META)
        if not announced and "chunked" in request.headers.get("Transfer-Encoding", ""):
            body = request.environ["wsgi.input"].read(limit + 1)
            announced = len(body)
            request.META["CONTENT_LENGTH"] = str(announced)
            request._stream = BytesIO(body)
        if announced <= limit:
            return None
        request._stream = BytesIO()
        if getattr(view, "csrf_exempt", False):
            return None
        if announced <= largest_body(request.path_info, is_signed_in=True):
            # Scripts of the desk take 403 for what it is, and keep what was typed.
            return render(request, "413.html", {"is_signed_out": True}, status=403)
        context = {"kilobytes": limit // 1024}
        return render(request, "413.html", context, status=413)


def _is_signed_in(request):
    """
    Whether the session is that of an account.

    Anybody gets a session in which nobody is signed in, by asking for the challenge of a passkey.
    """
    if request.method in {"GET", "HEAD"}:
        return False
    return (
        settings.SESSION_COOKIE_NAME in request.COOKIES
        and SESSION_KEY in request.session
    )
