from io import BytesIO

import pytest
from django.core.signals import request_started

from newsroom.server.handler import Handler, Request


def environ(content_type, path="/healthz", method="GET"):
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_HOST": "testserver",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(b"name=Ana&body=A+remark."),
        "CONTENT_LENGTH": "23",
        "CONTENT_TYPE": content_type,
    }


@pytest.mark.parametrize(
    "content_type",
    ["a" * 20_000, "application/x-www-form-urlencoded; " + "a=1; " * 4000, ";" * 9000],
)
def test_a_content_type_that_nobody_can_read_is_none(content_type, monkeypatch):
    statuses = []
    # Otherwise a handler looks at the connection of the tests, which this one may not use.
    monkeypatch.setattr(request_started, "send", lambda **what: None)
    Handler()(environ(content_type), lambda status, headers: statuses.append(status))
    assert statuses == ["200 OK"]
    assert Request(environ(content_type, method="POST")).POST == {}


def test_a_form_is_read_as_ever():
    request = Request(environ("application/x-www-form-urlencoded", method="POST"))
    assert request.POST.dict() == {"name": "Ana", "body": "A remark."}
