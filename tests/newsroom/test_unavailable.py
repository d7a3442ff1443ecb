"""The page of an outage: what it says, and that it gives back what was sent."""

import errno
from html.parser import HTMLParser
from io import BytesIO

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.test import Client
from django.urls import include, path

from newsroom.server import outages
from newsroom.unavailable import failed, page

FULL = OSError(errno.ENOSPC, "No space left on device")


class Locked(Exception):
    """What a driver raises for a lock that is not free."""

    sqlstate = "55P03"


def view(request):
    raise request.environ["test.error"]


urlpatterns = [path("fails/", view), path("", include("newsroom.urls"))]
handler500 = failed


@pytest.fixture(autouse=True)
def _no_outage(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    for name in ["_last_failure", "_last_failure_of_all"]:
        monkeypatch.setattr(outages, name, float("-inf"))


def ask(error, form=None, **environ):
    """The answer to a request that meets the error; without a database, which would fail the test."""
    client = Client(raise_request_exception=False)
    environ |= {"test.error": error}
    if form is None:
        return client.get("/fails/", **environ)
    return client.post("/fails/", form, **environ)


def caused_by(cause):
    error = OperationalError("It failed.")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("server closed the connection"), 503),
        (InterfaceError("connection already closed"), 503),
        (caused_by(Locked()), 503),
        (FULL, 507),
        (caused_by(FULL), 507),
        (ReadTimeoutError(endpoint_url="https://store.example"), 503),
        (EndpointConnectionError(endpoint_url="https://store.example"), 503),
        (DatabaseError("no such column"), 500),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (ValueError(), 500),
    ],
)
def test_an_outage_is_no_fault_of_the_code(error, status, caplog):
    answer = ask(error)
    assert answer.status_code == status
    has_traceback = any(record.exc_info for record in caplog.records)
    assert has_traceback == (status == 500)
    is_noted = isinstance(error, OperationalError | InterfaceError)
    assert outages.has_just_failed() == is_noted


def test_an_error_behind_another_counts_too():
    wrapper = ValueError("a wrapper")
    wrapper.__context__ = OperationalError("gone")
    assert outages.status_for(wrapper) == 503


def test_a_lock_that_is_not_free_does_not_mean_that_the_database_is_down():
    ask(caused_by(Locked()))
    assert outages.has_just_failed()
    assert not outages.is_down()
    ask(OperationalError("server closed the connection"))
    assert outages.is_down()


def test_the_page_has_the_look_and_the_headers_of_the_site():
    answer = ask(FULL)
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "The disk of this site is full" in answer.text
    assert 'class="masthead' in answer.text
    assert '<form class="form"' not in answer.text


SAME_SITE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


def test_every_field_comes_back_in_a_form_that_can_be_sent_again():
    form = {
        "name": "Ada",
        "body": "Every <word>\n counts.",
        "tags": ["one", "two"],
        "csrfmiddlewaretoken": "token",
        "corrections-0-text": "It was Tuesday.",
        "corrections-TOTAL_FORMS": "1",
        "empty": "",
        "_save": "Save",
    }
    answer = ask(OperationalError("gone"), form, **SAME_SITE)
    page = fields_in(answer.text)
    assert page == [
        ("csrfmiddlewaretoken", "token"),
        ("corrections-TOTAL_FORMS", "1"),
        ("empty", ""),
        ("_save", "Save"),
        ("name", "Ada"),
        ("body", "Every <word>\n counts."),
        ("tags", "one"),
        ("tags", "two"),
        ("corrections-0-text", "It was Tuesday."),
    ]
    assert 'action="/fails/"' in answer.text
    assert "Send it again" in answer.text


def test_what_another_site_sent_can_only_be_copied():
    form = {"body": "I agree to everything.", "hidden": ""}
    answer = ask(OperationalError("gone"), form, HTTP_SEC_FETCH_SITE="cross-site")
    assert "I agree to everything." in answer.text
    assert "Send it again" not in answer.text
    assert "<button" not in answer.text
    assert 'type="hidden"' not in answer.text


@pytest.mark.parametrize("name", ["password", "new_password1", "otp", "code"])
def test_secrets_are_not_shown(name):
    form = {"username": "ada", name: "correct horse"}
    answer = ask(OperationalError("gone"), form, **SAME_SITE)
    assert "correct horse" not in answer.text
    assert "ada" in answer.text
    assert "Send it again" not in answer.text


def test_a_file_must_be_chosen_again_and_the_words_beside_it_stay():
    form = {"alt": "A harbour", "file": SimpleUploadedFile("x.png", b"x")}
    answer = ask(FULL, form, **SAME_SITE)
    assert answer.status_code == 507
    assert 'enctype="multipart/form-data"' in answer.text
    assert '<input type="file" id="file-1" name="file" multiple>' in answer.text
    assert "A harbour" in answer.text


def test_words_come_back_when_there_is_no_room_for_the_file_that_is_sent(
    rf, monkeypatch
):
    """The body is read again: while it was parsed, the disk was full."""

    def is_full(self, chunk, start):
        raise FULL

    monkeypatch.setattr(MemoryFileUploadHandler, "receive_data_chunk", is_full)
    form = {"alt": "A harbour", "file": SimpleUploadedFile("x.png", b"x")}
    request = rf.post("/fails/", form, **SAME_SITE)
    request.environ["wsgi.input"] = body = BytesIO(request.read())
    request = WSGIRequest(request.environ)
    with pytest.raises(OSError, match="No space"):
        request.POST  # noqa: B018
    answer = page(request, 507)
    assert "A harbour" in answer.text
    assert not body.closed


def test_what_the_server_knows_to_fail_is_not_tried():
    environ = {outages.UNAVAILABLE: 503, "HTTP_COOKIE": "sessionid=" + "s" * 32}
    answer = ask(AssertionError("It was tried."), {"body": "Words"}, **environ)
    assert answer.status_code == 503
    assert "Words" in answer.text


class Fields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self._is_open = [], False

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        if about.get("type") == "hidden" or tag == "textarea":
            self.found.append((about["name"], about.get("value", "")))
        self._is_open = tag == "textarea"

    def handle_data(self, data):
        if self._is_open:
            name, value = self.found.pop()
            self.found.append((name, value + data))

    def handle_endtag(self, tag):
        self._is_open = False


def fields_in(text):
    fields = Fields()
    fields.feed(text)
    # A browser drops the first line break of a textarea.
    return [(name, value.removeprefix("\n")) for name, value in fields.found]
