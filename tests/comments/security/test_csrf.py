import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.middleware.csrf import get_token
from django.test import RequestFactory

from comments.security.csrf import is_cross_site, is_ours


def post(**headers):
    return RequestFactory().post("/", headers=headers)


@pytest.mark.parametrize(
    ("site", "origin", "refused"),
    [
        (None, None, False),
        (None, "http://testserver", False),
        (None, "https://testserver", True),
        (None, "http://news.example", True),
        (None, "HTTP://TESTSERVER", False),
        (None, "https://news.example", False),
        (None, "null", True),
        (None, "", True),
        (None, "https://evil.example", True),
        (None, "https://testserver.evil.example", True),
        (None, "https://testserver@evil.example", True),
        (None, "http://testserver:8080", True),
        (None, "http://[", True),
        (None, "testserver", True),
        ("same-origin", None, False),
        ("same-origin", "http://testserver", False),
        # A browser that hides the origin still sends Sec-Fetch-Site.
        ("same-origin", "null", False),
        ("same-origin", "https://name.behind.a.proxy", False),
        ("same-site", None, True),
        ("same-site", "http://testserver", True),
        ("cross-site", None, True),
        ("cross-site", "http://testserver", True),
        ("cross-site", "null", True),
        ("none", None, True),
        ("none", "http://testserver", True),
        ("", "http://testserver", True),
        ("Same-Origin", "http://testserver", True),
    ],
)
def test_what_the_browser_says_of_the_sender_decides(site, origin, refused, settings):
    settings.SITE_URL = "https://news.example"
    headers = {"Sec-Fetch-Site": site, "Origin": origin}
    given = {name: value for name, value in headers.items() if value is not None}
    assert is_cross_site(post(**given)) is refused


def test_an_origin_is_ours_by_its_scheme_its_host_and_its_port():
    ours = {"https://news.example:8443"}
    assert is_ours("https://news.example:8443", origins=ours)
    assert not is_ours("http://news.example:8443", origins=ours)
    assert not is_ours("https://news.example", origins=ours)


def test_a_page_of_ours_that_was_read_without_https_sends_nothing_to_the_one_with_it():
    request = RequestFactory().post(
        "/", headers={"Origin": "http://testserver"}, secure=True
    )
    assert is_cross_site(request)


def with_session(settings, **data):
    request = RequestFactory().post(
        "/", data, headers={"Sec-Fetch-Site": "same-origin"}
    )
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "anything"
    return request


def test_whoever_has_a_session_must_show_the_token(settings):
    assert is_cross_site(with_session(settings))


def test_the_token_of_the_page_opens_the_way(settings):
    page = RequestFactory().get("/")
    token = get_token(page)
    request = with_session(settings, csrfmiddlewaretoken=token)
    request.COOKIES[settings.CSRF_COOKIE_NAME] = page.META["CSRF_COOKIE"]
    assert not is_cross_site(request)
    wrong = with_session(settings, csrfmiddlewaretoken=token[::-1])
    wrong.COOKIES[settings.CSRF_COOKIE_NAME] = page.META["CSRF_COOKIE"]
    assert is_cross_site(wrong)


def test_a_session_is_not_looked_up_to_find_out(settings):
    # This test has no database, so any query fails it.
    request = with_session(settings)
    request.session = SessionStore("anything")
    assert is_cross_site(request)
