from io import BytesIO

import pytest
from django.conf import settings
from django.test import Client

from newsroom.server.body_limits import LARGEST_BODY, MIB, largest_body
from tests.factories import make_user, make_visible_article

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


class Unreadable:
    """A body that fails when it is read."""

    def read(self, *size):
        raise AssertionError("The body was read.")

    readline = read


class Endless:
    """An endless body that counts how much of it was read."""

    def __init__(self):
        self.bytes_read = 0

    def read(self, size=-1):
        assert size > 0, "All of it was asked for."
        self.bytes_read += size
        return b"x" * size

    readline = read


@pytest.mark.parametrize(
    ("path", "larger"),
    [
        ("/", False),
        ("/articles/flood/comments/", False),
        ("/comments/mine/x/", False),
        ("/adminx/", False),
        ("/admin/articles/article/1/change/", True),
        ("/admin/articles/article/1/unsaved/keep/", True),
        ("/admin/articles/image/add/", True),
        ("/admin/flatpages/flatpage/add/", True),
        ("/admin/comments/comment/", True),
    ],
)
def test_more_is_taken_only_where_it_is_expected_and_of_who_is_signed_in(path, larger):
    assert largest_body(path, is_signed_in=False) == LARGEST_BODY
    assert (largest_body(path, is_signed_in=True) > LARGEST_BODY) is larger


def test_an_article_may_be_long_and_a_picture_large():
    signed_in = {"is_signed_in": True}
    assert largest_body("/admin/articles/article/add/", **signed_in) == 10 * MIB
    assert largest_body("/admin/articles/image/add/", **signed_in) > 100 * MIB
    assert largest_body("/admin/articles/image/7/change/", **signed_in) < 30 * MIB


@pytest.mark.parametrize("content_type", [FORM, MULTIPART])
@pytest.mark.parametrize(
    "path",
    ["/admin/login/", "/admin/articles/image/add/", "/comments/received/", "/imprint/"],
)
def test_too_much_is_refused_before_a_byte_is_read(db, path, content_type):
    # With the CSRF check, which would parse the body.
    answer = Client(enforce_csrf_checks=True).post(
        path,
        b"",
        content_type=content_type,
        CONTENT_LENGTH=str(10**12),
        **{"wsgi.input": Unreadable()},
    )
    assert answer.status_code == 413
    assert "This page accepts at most" in answer.content.decode()


def test_a_session_in_which_nobody_is_signed_in_takes_no_more(db, client):
    """Anybody has one who asked for the challenge of a passkey."""
    assert client.post("/admin/login/passkey/options/").status_code == 200
    assert settings.SESSION_COOKIE_NAME in client.cookies
    for path in ["/admin/articles/image/add/", "/admin/articles/article/1/change/"]:
        answer = client.post(
            path,
            b"",
            content_type=MULTIPART,
            CONTENT_LENGTH=str(5 * MIB),
            **{"wsgi.input": Unreadable()},
        )
        assert answer.status_code == 403
        assert "You are signed out" in answer.content.decode()


def test_a_comment_that_is_too_long_is_told_so_in_its_own_words(db, client):
    article = make_visible_article()
    answer = client.post(
        f"/articles/{article.slug}/comments/",
        b"",
        content_type=MULTIPART,
        CONTENT_LENGTH=str(10**12),
        **{"wsgi.input": Unreadable()},
    )
    assert answer.status_code == 413
    assert "your text is still in the form" in answer.content.decode()


def test_of_a_body_of_unknown_length_no_more_is_read_than_the_limit(db, client):
    body = Endless()
    answer = client.post(
        "/admin/login/",
        b"x",
        content_type=MULTIPART,
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
        **{"wsgi.input": body},
    )
    assert answer.status_code == 413
    assert body.bytes_read == LARGEST_BODY + 1


def test_a_small_body_of_unknown_length_is_taken(db, client):
    answer = client.post(
        "/admin/login/",
        b"x",
        content_type=FORM,
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
        **{"wsgi.input": BytesIO(b"username=edith&password=wrong")},
    )
    assert answer.status_code == 200
    assert 'value="edith"' in answer.content.decode()


def test_an_editor_sends_a_long_article(db, client):
    client.force_login(make_user(role="Editors"))
    words = {"title": "Long", "body": "<p>word </p>" * 20_000}
    answer = client.post("/admin/articles/article/add/", words)
    assert answer.status_code in {200, 302}
    too_long = {"title": "Long", "body": "x" * (11 * MIB)}
    assert client.post("/admin/articles/article/add/", too_long).status_code == 413


def test_who_was_signed_out_meanwhile_is_told_so(db, client):
    """Scripts of the desk take 413 for a text that is too long, and 403 for an ended session."""
    for path in [
        "/admin/articles/article/1/unsaved/keep/",
        "/admin/articles/image/add/",
    ]:
        answer = client.post(
            path,
            b"",
            content_type=MULTIPART,
            CONTENT_LENGTH=str(MIB),
            **{"wsgi.input": Unreadable()},
        )
        assert answer.status_code == 403
        assert "You are signed out" in answer.content.decode()
