from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from newsroom.accounts.session_store import SessionStore
from newsroom.models import StaffSession
from newsroom.server import session_cookies
from newsroom.server.session_cookies import KnownSessions, without_cookie

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


@pytest.fixture
def key(db):
    session = SessionStore()
    session["user"] = 1
    session.save()
    return session.session_key


def ask(layer, cookies):
    layer({"HTTP_COOKIE": cookies}, None)


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
    monkeypatch.setattr(session_cookies, "MOST_REMEMBERED", 10)
    monkeypatch.setattr(session_cookies, "session_exists", lambda key: False)
    for number in range(100):
        ask(layer, f"{NAME}={number:032}")
    assert len(layer._remembered) == 10


def test_a_new_session_is_noticed_after_a_while(seen, monkeypatch):
    now, exists = [0.0], [False]
    layer = KnownSessions(lambda environ, _: seen.append(environ.get("HTTP_COOKIE")))
    layer._clock = lambda: now[0]
    monkeypatch.setattr(session_cookies, "session_exists", lambda key: exists[0])
    ask(layer, f"{NAME}={UNKNOWN}")
    exists[0] = True
    ask(layer, f"{NAME}={UNKNOWN}")
    now[0] += session_cookies.SECONDS_REMEMBERED
    ask(layer, f"{NAME}={UNKNOWN}")
    assert seen == [None, None, f"{NAME}={UNKNOWN}"]


def test_without_a_database_django_decides(layer, seen, monkeypatch):
    def fails(key):
        raise DatabaseError

    monkeypatch.setattr(session_cookies, "session_exists", fails)
    ask(layer, f"{NAME}={UNKNOWN}")
    assert seen == [f"{NAME}={UNKNOWN}"]


def test_a_cookie_with_a_longer_name_stays():
    cookies = f"x{NAME}=1; {NAME}=2; {NAME}x=3"
    assert without_cookie(cookies, NAME) == f"x{NAME}=1; {NAME}x=3"
