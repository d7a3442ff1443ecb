from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError
from django.utils import timezone

from newsroom.accounts.session_store import SessionStore
from newsroom.models import StaffSession
from newsroom.server import session_cookies
from newsroom.server.session_cookies import (
    NO_SESSION,
    OF_ACCOUNT,
    KnownSessions,
    without_cookie,
)
from tests.factories import make_user

NAME = settings.SESSION_COOKIE_NAME
UNKNOWN = "a" * 32


@pytest.fixture
def seen():
    """The Cookie headers that reach the application."""
    return []


@pytest.fixture
def layer(seen):
    def application(environ, start_response):
        seen.append(environ.get("HTTP_COOKIE"))
        return []

    return KnownSessions(application)


def session_with(**data):
    session = SessionStore()
    session.update(data)
    session.save()
    return session.session_key


@pytest.fixture
def key(db):
    return session_with(**{SESSION_KEY: str(make_user().pk)})


@pytest.fixture
def key_of_nobody(db):
    """Of a browser that asked for the challenge of a passkey."""
    return session_with(passkey_challenges={})


def environ(cookies, path="/"):
    return {"HTTP_COOKIE": cookies, "PATH_INFO": path}


def ask(layer, cookies, path="/"):
    layer(environ(cookies, path), None)


@pytest.mark.parametrize(
    "value", ["x", "", UNKNOWN, UNKNOWN.upper(), f'"{UNKNOWN}"', "a" * 5000, "é\x00"]
)
def test_an_unknown_session_is_as_good_as_none(db, layer, seen, value):
    ask(layer, f"theme=dark; {NAME}={value}; csrftoken=b")
    ask(layer, f"{NAME}={value}")
    assert seen == ["theme=dark; csrftoken=b", None]


def test_a_session_that_has_ended_is_as_good_as_none(layer, seen, key):
    StaffSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    ask(layer, f"{NAME}={key}")
    assert seen == [None]


def test_a_session_reaches_django(layer, seen, key):
    cookies = f"theme=dark; {NAME}={key}"
    ask(layer, cookies)
    assert seen == [cookies]


def test_a_session_in_which_nobody_is_signed_in_is_known_at_the_desk_only(
    layer, seen, key_of_nobody
):
    cookies = f"{NAME}={key_of_nobody}"
    for path in ["/", "/articles/flood/comments/", "/adminx/", "/admin"]:
        ask(layer, cookies, path)
    ask(layer, cookies, "/admin/login/passkey/")
    assert seen == [None, None, None, None, cookies]


def test_only_the_session_of_an_account_counts_as_signed_in(layer, key, key_of_nobody):
    path = "/admin/articles/image/add/"
    assert layer.is_signed_in(environ(f"{NAME}={key}", path))
    assert not layer.is_signed_in(environ(f"{NAME}={key_of_nobody}", path))
    assert not layer.is_signed_in(environ(f"{NAME}={UNKNOWN}", path))


def test_of_two_cookies_the_one_counts_that_django_reads(layer, seen, key):
    ask(layer, f"{NAME}={UNKNOWN}; {NAME}={key}")
    ask(layer, f"{NAME}={key}; {NAME}={UNKNOWN}")
    assert seen == [f"{NAME}={UNKNOWN}; {NAME}={key}", None]


def test_a_session_is_looked_up_once(layer, key, django_assert_num_queries):
    for value in [key, UNKNOWN]:
        with django_assert_num_queries(1):
            ask(layer, f"{NAME}={value}")
            ask(layer, f"{NAME}={value}")


def test_what_cannot_be_a_session_is_not_looked_up(layer, django_assert_num_queries):
    for value in ["x", "", UNKNOWN.upper(), "a" * 5000]:
        ask(layer, f"{NAME}={value}")


def test_what_is_remembered_is_bounded(layer, monkeypatch):
    monkeypatch.setattr(session_cookies, "MOST_SESSIONS", 10)
    monkeypatch.setattr(session_cookies, "look_up", lambda key: NO_SESSION)
    for number in range(100):
        ask(layer, f"{NAME}={number:032}")
    assert len(layer._remembered) == 10


def test_a_new_session_is_noticed_after_a_while(seen, monkeypatch):
    now, known = [0.0], [NO_SESSION]
    layer = KnownSessions(lambda environ, _: seen.append(environ.get("HTTP_COOKIE")))
    layer._clock = lambda: now[0]
    monkeypatch.setattr(session_cookies, "look_up", lambda key: known[0])
    ask(layer, f"{NAME}={UNKNOWN}")
    known[0] = OF_ACCOUNT
    ask(layer, f"{NAME}={UNKNOWN}")
    now[0] += session_cookies.SECONDS_REMEMBERED
    ask(layer, f"{NAME}={UNKNOWN}")
    assert seen == [None, None, f"{NAME}={UNKNOWN}"]


def test_without_a_database_django_decides(layer, seen, monkeypatch):
    def fails(key):
        raise DatabaseError

    monkeypatch.setattr(session_cookies, "look_up", fails)
    ask(layer, f"{NAME}={UNKNOWN}")
    assert seen == [f"{NAME}={UNKNOWN}"]


def test_a_cookie_with_a_longer_name_stays():
    cookies = f"x{NAME}=1; {NAME}=2; {NAME}x=3"
    assert without_cookie(cookies, NAME) == f"x{NAME}=1; {NAME}x=3"
