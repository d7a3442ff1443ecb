import pytest
from django.conf import settings
from django.test import RequestFactory

from newsroom.server import kept_pages, page_cache
from newsroom.server.kept_pages import Shelf, ready_page
from newsroom.server.page_cache import PageCache
from tests.newsroom.server.page_cache.press import LIFETIME, PUBLIC, WORDS, Body, ask

# How long


def test_a_page_is_made_once_for_everyone(cache, press):
    replies = [ask(cache) for _ in range(3)]
    assert [reply.text for reply in replies] == [f"1 {WORDS.decode()}"] * 3
    assert press.made == 1
    assert press.closed == 1


def test_a_page_is_made_anew_after_its_time(cache, press, clock):
    ask(cache)
    clock.now += LIFETIME - 0.01
    assert ask(cache).text.startswith("1 ")
    clock.now += 0.01
    assert ask(cache).text.startswith("2 ")
    assert ask(cache).text.startswith("2 ")


def test_the_age_of_a_page_begins_with_its_making(press, clock):
    def slow(environ, start_response):
        clock.now += 4
        return press(environ, start_response)

    cache = PageCache(slow, clock=clock)
    ask(cache)
    clock.now += LIFETIME - 4
    assert ask(cache).text.startswith("2 ")


def test_zero_seconds_turn_the_cache_off(press, settings):
    settings.PAGE_CACHE_SECONDS = 0
    cache = PageCache(press)
    address = "/?utm_source=mail&before=1"
    replies = [ask(cache, address, headers={"Accept": "*/*"}) for _ in range(2)]
    assert [reply.text[:2] for reply in replies] == ["1 ", "2 "]
    assert press.asked[0]["QUERY_STRING"] == "utm_source=mail&before=1"
    assert press.asked[0]["HTTP_ACCEPT"] == "*/*"
    assert "ETag" not in replies[0].headers


# For whom


def test_a_session_gets_its_own_page_and_leaves_none_behind(cache, press):
    ask(cache)
    cookie = f"theme=dark; {settings.SESSION_COOKIE_NAME}=abc"
    own = ask(cache, headers={"Cookie": cookie})
    assert own.text.startswith("2 ")
    assert press.asked[1]["HTTP_COOKIE"] == cookie
    assert ask(cache).text.startswith("1 ")
    assert ask(cache, headers={"Cookie": cookie}).text.startswith("3 ")


def test_the_first_visitor_with_a_session_leaves_nothing_to_the_next(cache):
    cookie = f"{settings.SESSION_COOKIE_NAME}=abc"
    assert ask(cache, headers={"Cookie": cookie}).text.startswith("1 ")
    assert ask(cache).text.startswith("2 ")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_reach_django_as_they_are(cache, press, method):
    ask(cache)
    reply = ask(cache, "/?utm=1&before=2", method=method)
    assert reply.text.startswith("2 ")
    assert press.asked[1]["QUERY_STRING"] == "utm=1&before=2"
    assert press.asked[1]["REQUEST_METHOD"] == method
    assert ask(cache, "/?before=2").text.startswith("3 ")


def test_head_is_answered_from_the_page(cache, press):
    page = ask(cache)
    head = ask(cache, method="HEAD")
    assert head.body == b""
    assert (head.status, head.headers) == (page.status, page.headers)
    assert press.made == 1


def test_head_makes_the_page_that_the_next_reader_gets(cache, press):
    head = ask(cache, method="HEAD")
    page = ask(cache)
    assert press.asked[0]["REQUEST_METHOD"] == "GET"
    assert head.headers["Content-Length"] == str(len(page.body))
    assert page.text.startswith("1 ")


def test_head_gets_no_body_of_a_page_that_is_not_kept(cache, press):
    press.headers = [("Cache-Control", "private")]
    head = ask(cache, method="HEAD")
    assert head.body == b""
    assert int(head.headers["Content-Length"]) > 0
    assert press.closed == 1


def test_what_one_reader_sends_is_in_nobody_elses_page(cache, press):
    ask(
        cache,
        headers={
            "Cookie": "messages=hello; theme=dark",
            "Authorization": "Basic eDp5",
            "Range": "bytes=0-3",
            "If-None-Match": '"x"',
            "Accept-Encoding": "br",
            "Accept-Language": "fr",
            "X-Forwarded-Host": "evil.example",
            "User-Agent": "Reader",
        },
        CONTENT_TYPE="text/plain; charset=utf-16",
        CONTENT_LENGTH="5",
    )
    sent = {
        name: value
        for name, value in press.asked[0].items()
        if name.startswith(("HTTP_", "CONTENT_"))
    }
    assert sent == {"HTTP_HOST": "testserver"}


# What


@pytest.mark.parametrize(
    "status", ["200 OK", "301 Moved Permanently", "404 Not Found", "410 Gone"]
)
def test_these_answers_are_kept(cache, press, status):
    press.status = status
    press.headers = [("Location", "/elsewhere/"), PUBLIC]
    replies = [ask(cache), ask(cache)]
    assert press.made == 1
    assert {reply.status for reply in replies} == {int(status[:3])}
    assert replies[1].headers["Location"] == "/elsewhere/"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("302 Found", [PUBLIC]),
        ("206 Partial Content", [PUBLIC]),
        ("403 Forbidden", [PUBLIC]),
        ("500 Internal Server Error", [PUBLIC]),
        ("200 OK", []),
        ("200 OK", [("Cache-Control", "no-cache")]),
        ("200 OK", [("Cache-Control", "private, no-store")]),
        ("200 OK", [("Cache-Control", "public, no-store")]),
        ("200 OK", [PUBLIC, ("Cache-Control", "private")]),
        ("200 OK", [("Cache-Control", "max-age=1, s-public")]),
        ("200 OK", [PUBLIC, ("Set-Cookie", "a=b")]),
        ("200 OK", [PUBLIC, ("Vary", "Accept-Encoding, Cookie")]),
        ("200 OK", [PUBLIC, ("Vary", "*")]),
        ("200 OK", [PUBLIC, ("Content-Encoding", "gzip")]),
    ],
)
def test_these_answers_are_not_kept(cache, press, status, headers):
    press.status = status
    press.headers = headers
    replies = [ask(cache, HTTP_ACCEPT_ENCODING="gzip") for _ in range(2)]
    assert press.made == 2
    assert replies[1].body == b"2 " + WORDS
    assert replies[1].headers == {
        **dict(headers),
        "Content-Length": str(len(WORDS) + 2),
    }


def test_a_stream_is_passed_on_as_it_flows(press, clock):
    def endless():
        while True:
            yield b"more"

    def stream(environ, start_response):
        start_response("200 OK", [PUBLIC])
        return endless()

    environ = RequestFactory().get("/", HTTP_HOST="testserver").environ
    flow = PageCache(stream, clock=clock)(environ, lambda *answer: None)
    assert [next(flow), next(flow)] == [b"more", b"more"]


def test_an_answer_of_another_length_than_it_says_is_not_kept(cache, press):
    press.length = False
    press.headers = [PUBLIC, ("Content-Length", "3")]
    assert ask(cache).body == b"1 " + WORDS
    assert ask(cache).body == b"2 " + WORDS


def test_an_answer_that_is_too_large_is_sent_and_not_kept(cache, press, monkeypatch):
    monkeypatch.setattr(kept_pages, "LARGEST_BYTES", len(WORDS))
    assert ask(cache).text == f"1 {WORDS.decode()}"
    assert ask(cache).text == f"2 {WORDS.decode()}"


def test_memory_is_bounded_and_what_is_read_stays(press, clock, monkeypatch):
    page = ready_page(0.0, 0, "200 OK", [PUBLIC], b"1 " + WORDS)
    monkeypatch.setattr(page_cache, "PAGES_BYTES", 3 * page.size + 1000)
    cache = PageCache(press, clock=clock)
    for slug in ["read", "unread", "third"]:
        ask(cache, f"/articles/{slug}/")
    ask(cache, "/articles/read/")
    ask(cache, "/articles/fourth/")
    assert press.made == 4
    ask(cache, "/articles/read/")
    assert press.made == 4
    ask(cache, "/articles/unread/")
    assert press.made == 5


def test_a_shelf_counts_what_stands_on_it():
    page = ready_page(0.0, 0, "200 OK", [PUBLIC], WORDS)
    shelf = Shelf(10 * page.size)
    for _ in range(3):
        for number in range(25):
            shelf.put(number, page)
            shelf.put(number, page)
    standing = [number for number in range(25) if shelf.find(number)]
    assert standing == list(range(15, 25))
    for number in range(25):
        shelf.drop(number)
    shelf.put("last", page)
    assert shelf._size == page.size


def test_trying_addresses_pushes_out_no_page(press, clock, monkeypatch):
    monkeypatch.setattr(page_cache, "ENDLESS_BYTES", 50_000)
    cache = PageCache(press, clock=clock)
    ask(cache)
    press.status = "404 Not Found"
    for number in range(100):
        ask(cache, f"/wp-admin-{number}")
    assert ask(cache).text.startswith("1 ")
    assert press.made == 101
    assert ask(cache, "/wp-admin-99").text.startswith("101 ")
    assert ask(cache, "/wp-admin-0").text.startswith("102 ")


def test_an_address_is_a_page_or_missing_and_never_both(cache, press, clock):
    seen = []
    for status in ["404 Not Found", "200 OK", "404 Not Found", "410 Gone"]:
        press.status = status
        clock.now += LIFETIME
        ask(cache)
        seen.append(ask(cache).status)
    assert seen == [404, 200, 404, 410]
    assert press.made == 4


# When something goes wrong


def test_an_error_of_django_goes_to_the_server_and_is_not_kept(cache, press):
    press.error = ZeroDivisionError()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            ask(cache)
    press.error = None
    assert ask(cache).text.startswith("3 ")
    assert ask(cache).text.startswith("3 ")
    assert cache._renderings == {}


def test_an_answer_that_breaks_off_is_closed_and_not_kept(cache, press):
    class Broken(Body):
        def __iter__(self):
            raise OSError

    def broken(environ, start_response):
        return Broken(press(environ, start_response), press)

    cache._application = broken
    with pytest.raises(OSError, match="^$"):
        ask(cache)
    assert press.closed == 1
    cache._application = press
    assert ask(cache).text.startswith("2 ")
    assert cache._renderings == {}
