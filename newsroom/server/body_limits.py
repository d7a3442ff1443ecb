"""Limits on the size of request bodies, by address, enforced before anything is parsed."""

import re
from io import BytesIO

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.shortcuts import render

from articles.images.processing.validation import LARGEST_FILE
from newsroom.server.request_bodies import announced_length

# In bytes, the limit for everybody. The longest comment fits, with four-byte characters
# and percent-encoding.
LARGEST_BODY = 64 * 1024

# In bytes, for requests of signed-in users to these addresses under the prefix. LARGEST_BODY
# holds everywhere else.
MIB = 1024 * 1024
LARGER_BODIES = [
    # Uploads: ten of the largest pictures, or fifty smaller ones. The script of the page
    # sends them one by one.
    (re.compile(r"/admin/articles/image/add/"), 10 * LARGEST_FILE + MIB),
    # A new file that replaces the old one.
    (re.compile(r"/admin/articles/image/\d+/change/"), LARGEST_FILE + MIB),
    # The whole text of an article: its form, proposals, autosave, and the preview of
    # unsaved text.
    (re.compile(r"/admin/articles/(?:article|proposal)/"), 10 * MIB),
    # Pages such as the imprint, and the word lists of the screening.
    (re.compile(r"/admin/flatpages/flatpage/"), MIB),
    (re.compile(r"/admin/comments/(?:rulesetting|term)/"), MIB),
    # Lists with many selected rows, filters and texts; not the pages for signed-out
    # visitors.
    (re.compile(r"/admin/(?!login/|password_reset/|reset/)"), 512 * 1024),
]


def largest_body(path: str, *, is_signed_in: bool) -> int:
    """The largest body in bytes for this path, which begins with a slash."""
    if is_signed_in:
        for pattern, limit in LARGER_BODIES:
            if pattern.match(path):
                return limit
    return LARGEST_BODY


class BodyLimits:
    """
    Refuses a body that is too large for its address with 413, before anything parses it.

    If only a signed-in user might send it, it is refused with 403: a session has ended while
    somebody was writing.

    Content-Length decides; a chunked body is read up to the limit. A view that is exempt from
    Django's CSRF check answers 413 itself, with `comments.views.receiving.body_is_small_enough`; the body is
    empty by then.
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
            # Scripts of the desk expect 403 after the session ended, and keep what was typed.
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
