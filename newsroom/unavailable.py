"""
The page that is sent while the database is down or a disk is full, with the words of the form.

Nothing here needs the database, a session or the account of the request.
"""

import logging
import re
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.files.uploadhandler import FileUploadHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.views.defaults import server_error

from comments.security.csrf import comes_from_another_site
from newsroom.context import site
from newsroom.server import outages

# In seconds, when a browser or crawler may ask again.
RETRY_AFTER = 10

# Fields that no page may show. A form with one of them cannot be sent again from here.
_SECRET = re.compile(r"passw|otp|\bcode\b|recovery", re.IGNORECASE)
# Fields that hold no words: tokens, buttons, and those that Django's form sets need.
_NO_WORDS = re.compile(r"^_|token|browser|seconds|-(?:TOTAL|INITIAL|MIN_NUM|MAX_NUM)_")

logger = logging.getLogger(__name__)


def answer_when_unavailable(get_response):
    """Middleware: answer at once if the server already knows that the database is down."""

    def middleware(request):
        status = request.environ.get(outages.UNAVAILABLE)
        return page(request, status) if status else get_response(request)

    return middleware


def failed(request):
    """The view for every error: the page of an outage if it is one, else the page of a fault."""
    error = sys.exception()
    status = outages.status_for(error)
    if status is None:
        return server_error(request)
    outages.note(error)
    response = page(request, status)
    logger.error("%s is answered %s: %s", request.path, status, _in_one_line(error))
    return response


def _in_one_line(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def page(request, status):
    """The page as a response with this status, 503 or 507."""
    is_form = request.method == "POST"
    context = site(request) | {"status": status, "is_form": is_form}
    if is_form:
        context |= _form_of(request)
    response = HttpResponse(
        render_to_string("503.html", context),
        status=status,
        headers={"Retry-After": str(RETRY_AFTER)},
    )
    # Django would log a traceback for each of the many requests that an outage fails.
    response._has_been_logged = True
    return response


def _form_of(request):
    sent, files = _sent(request)
    shown = [(name, value) for name, value in sent if not _SECRET.search(name)]
    # Another site could otherwise make a reader send its words with one click.
    may_be_sent_again = len(shown) == len(sent) and not comes_from_another_site(request)
    words = [(name, value) for name, value in shown if _is_text(name, value)]
    hidden = [pair for pair in shown if pair not in words] if may_be_sent_again else []
    return {
        "action": request.get_full_path(),
        "words": words,
        "hidden": hidden,
        "files": files,
        "may_be_sent_again": may_be_sent_again,
    }


def _is_text(name, value):
    return bool(value.strip()) and not _NO_WORDS.search(name)


def _sent(request):
    """Pairs of names and values of the form, and the names of its files."""
    for attempt in (request, _read_again(request)):
        if attempt is None:
            continue
        try:
            sent, files = attempt.POST, attempt.FILES
        except (
            MultiPartParserError,
            RequestDataTooBig,
            TooManyFieldsSent,
            UnreadablePostError,
            OSError,
        ):
            continue
        if sent or files:
            pairs = [(name, value) for name, values in sent.lists() for value in values]
            return pairs, sorted(files)
    return [], []


def _read_again(request):
    """The request once more, if its body can be read again: parsing it may have failed."""
    body = request.environ.get("wsgi.input")
    if body is None or not getattr(body, "seekable", bool)():
        return None
    body.seek(0)
    again = WSGIRequest(request.environ)
    again.upload_handlers = [NoFile(again)]
    return again


class NoFile(FileUploadHandler):
    """Reads past the files of a form."""

    def receive_data_chunk(self, raw_data, start):
        return None

    def file_complete(self, file_size):
        return None
