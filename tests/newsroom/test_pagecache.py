import gzip
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import brotli
import pytest
import time_machine
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles.caching import public_page
from newsroom import pagecache
from newsroom.pagecache import (
    PageCache,
    Shelf,
    encoding_for,
    public_query,
    ready_page,
)
from tests.factories import HOUR, make_comment, make_user, make_visible_article

LIFETIME = 10
PUBLIC = ("Cache-Control", "public, no-cache")
WORDS = b"<p>What happened, and what it means.</p>" * 50


@public_page("before", "sort")
def front(request):
    seen = {name: request.GET.getlist(name) for name in request.GET}
    return HttpResponse(f"{seen} {sorted(request.COOKIES)} {WORDS.decode()}")


@public_page()
def story(request, slug):
    return HttpResponse(slug)


def desk(request):
    return HttpResponse("desk")


# The addresses of the pages here, where no test needs the real ones.
urlpatterns = [
    path("", front),
    path("articles/<slug:slug>/", story),
    path("search/", public_page("q")(desk)),
    path("desk/", desk),
    path("desk-too/", desk),
]


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@dataclass
class Reply:
    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        encoding = self.headers.get("Content-Encoding")
        read = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding, bytes)
        return read(self.body).decode()


def ask(application, address="/", *, method="GET", headers=None, **environ):
    """The reply of a WSGI application, as a server would send it."""
    said = []
    request = RequestFactory().generic(
        method,
        address,
        **{"HTTP_HOST": "testserver", "headers": headers or {}} | environ,
    )
    chunks = application(request.environ, lambda *answer: said.append(answer))
    body = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    [(status, headers)] = said
    return Reply(int(status[:3]), dict(headers), body)


class Press:
    """A site behind the cache: numbers the pages that it makes, and keeps what it was asked."""

    def __init__(self):
        self.asked = []
        self.closed = 0
        self.status = "200 OK"
        self.headers = [PUBLIC]
        self.length = True
        self.error = None

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        body = self.body(len(self.asked), environ)
        if self.error:
            raise self.error
        length = [("Content-Length", str(len(body)))] if self.length else []
        start_response(self.status, [*self.headers, *length])
        return Body([body], self)

    def body(self, number, environ):
        return b"%d " % number + WORDS

    @property
    def made(self):
        return len(self.asked)


class Body(list):
    def __init__(self, chunks, press):
        super().__init__(chunks)
        self.press = press

    def close(self):
        self.press.closed += 1


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def _lifetime(settings):
    settings.PAGE_CACHE_SECONDS = LIFETIME


@pytest.fixture
def _own_addresses(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def press(_own_addresses):
    return Press()


@pytest.fixture
def cache(press, clock):
    return PageCache(press, clock=clock)


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


# Under which address


def test_scheme_host_and_path_are_pages_of_their_own(cache, settings):
    settings.ALLOWED_HOSTS = ["testserver", "news.example"]
    https = {"wsgi.url_scheme": "https"}
    addresses = [
        {},
        {"HTTP_HOST": "news.example"},
        {"address": "/articles/flood/"},
        https,
        {"HTTP_HOST": "news.example", **https},
    ]
    numbers = [ask(cache, **address).text[0] for address in addresses]
    again = [ask(cache, **address).text[0] for address in addresses]
    assert numbers == again == ["1", "2", "3", "4", "5"]


def test_unknown_parameters_make_no_page_and_are_in_no_link(cache, press):
    for number in range(5):
        ask(cache, f"/?utm_source={number}&before=7")
    assert press.made == 1
    assert press.asked[0]["QUERY_STRING"] == "before=7"
    assert ask(cache, "/?before=7").text.startswith("1 ")


@pytest.mark.parametrize(
    "query",
    [
        "before=1&sort=new",
        "sort=new&before=1",
        "&&sort=new&before=1&",
        "sort=old&before=1&sort=new",
        "sort=%6e%65%77&before=1",
        "before=1&sort=new&x=%00%ff&Before=3",
    ],
)
def test_a_page_has_one_address_however_it_is_spelt(cache, press, query):
    ask(cache, "/?before=1&sort=new")
    assert ask(cache, f"/?{query}").text.startswith("1 ")
    assert press.asked[0]["QUERY_STRING"] == "before=1&sort=new"


@given(st.text(alphabet="abq=&%+;é\x00 12F", max_size=40))
def test_django_reads_the_same_from_the_one_spelling(query):
    query = query.encode().decode("latin-1")
    known = frozenset(["a", "q", "é"])
    sent = QueryDict(query.encode("latin-1"), encoding="utf-8")
    spelt = public_query(query, known)
    kept = QueryDict(spelt)
    assert kept.dict() == {name: sent[name] for name in known if name in sent}
    assert public_query(spelt, known) == spelt


def test_parameters_mean_nothing_where_there_is_no_page(cache, press):
    ask(cache, "/wp-login.php?a=1")
    ask(cache, "/wp-login.php?a=2")
    assert press.made == 1
    assert press.asked[0]["QUERY_STRING"] == ""


def test_a_forgotten_slash_loses_no_parameter(cache, press):
    ask(cache, "/search?q=flood&utm=1")
    ask(cache, "/desk?back=1")
    queries = [environ["QUERY_STRING"] for environ in press.asked]
    assert queries == ["q=flood", "back=1"]


def test_pages_that_are_not_public_reach_django_as_they_are(cache, press):
    for _ in range(2):
        ask(cache, "/desk/?b=1&a=2&b=3", headers={"Accept": "*/*"})
    assert press.made == 2
    assert press.asked[1]["QUERY_STRING"] == "b=1&a=2&b=3"
    assert press.asked[1]["HTTP_ACCEPT"] == "*/*"


def test_static_files_reach_django_as_they_are(cache, press):
    for _ in range(2):
        ask(cache, "/static/css/base.css?v=1", headers={"Accept-Encoding": "br"})
    assert press.made == 2
    assert press.asked[0]["HTTP_ACCEPT_ENCODING"] == "br"


def test_hosts_that_are_not_ours_are_left_to_django(cache, press):
    for host in ["evil.example", "", "a b", "testserver,evil.example", "x" * 300]:
        for _ in range(2):
            ask(cache, HTTP_HOST=host)
    assert press.made == 10
    assert press.asked[0]["HTTP_HOST"] == "evil.example"


@pytest.mark.parametrize(
    "host", ["testserver", "TestServer", "testserver.", "testserver:80"]
)
def test_a_host_has_one_name_however_it_is_spelt(cache, press, host):
    ask(cache)
    ask(cache, HTTP_HOST=host)
    assert press.made == 1


def test_only_the_ports_of_the_site_make_pages(cache, press, settings):
    settings.SITE_URL = "https://testserver:8443"
    for port in [8443, 8000, 9999]:
        for _ in range(2):
            ask(cache, HTTP_HOST=f"testserver:{port}", SERVER_PORT="8000")
    hosts = Counter(environ["HTTP_HOST"] for environ in press.asked)
    assert hosts == {"testserver:8443": 1, "testserver:8000": 1, "testserver:9999": 2}


def test_addresses_longer_than_any_of_ours_are_not_kept(cache, press):
    long = "x" * pagecache.LONGEST_ADDRESS
    for address in [f"/{long}", f"/?before={long}"]:
        for _ in range(2):
            ask(cache, address)
    assert press.made == 4


def test_more_parameters_than_django_takes_are_left_to_django(cache, press, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    query = urlencode([("a", 1)] * 6)
    ask(cache, f"/?{query}")
    assert press.asked[0]["QUERY_STRING"] == query


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
    monkeypatch.setattr(pagecache, "LARGEST_BYTES", len(WORDS))
    assert ask(cache).text == f"1 {WORDS.decode()}"
    assert ask(cache).text == f"2 {WORDS.decode()}"


def test_memory_is_bounded_and_what_is_read_stays(press, clock, monkeypatch):
    page = ready_page(0.0, "200 OK", [PUBLIC], b"1 " + WORDS)
    monkeypatch.setattr(pagecache, "PAGES_BYTES", 3 * page.size + 1000)
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
    page = ready_page(0.0, "200 OK", [PUBLIC], WORDS)
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
    monkeypatch.setattr(pagecache, "MISSING_BYTES", 50_000)
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


# In which form


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000,gzip;q=0", "identity"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br ; q=0.5 , gzip ; q=0.5", "br"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity;q=0", "identity"),
        ("gzip;q=nonsense", "identity"),
        ("gzip;q=nan, br;q=-1", "identity"),
        ("gzip;q=2", "identity"),
        (";;;,,=", "identity"),
        ("deflate, brotli, gzippy", "identity"),
    ],
)
def test_the_encoding_is_the_one_the_browser_likes_best(accepted, encoding):
    assert encoding_for(accepted) == encoding


@pytest.mark.parametrize("encoding", ["br", "gzip", None])
def test_a_page_is_sent_in_each_encoding(cache, press, encoding):
    replies = [ask(cache, HTTP_ACCEPT_ENCODING=encoding or "") for _ in range(2)]
    for reply in replies:
        assert reply.text == f"1 {WORDS.decode()}"
        assert reply.headers.get("Content-Encoding") == encoding
        assert reply.headers["Content-Length"] == str(len(reply.body))
        assert reply.headers["Vary"] == "Accept-Encoding"
    assert (len(reply.body) < len(WORDS) / 5) == bool(encoding)
    assert press.made == 1


def test_a_tiny_page_is_sent_as_it_is(cache, press):
    press.body = lambda number, environ: b"User-agent: *"
    reply = ask(cache, HTTP_ACCEPT_ENCODING="br, gzip")
    assert reply.body == b"User-agent: *"
    assert "Content-Encoding" not in reply.headers
    assert reply.headers["Vary"] == "Accept-Encoding"


def test_an_empty_page_is_sent_empty(cache, press):
    press.body = lambda number, environ: b""
    reply = ask(cache, HTTP_ACCEPT_ENCODING="br, gzip")
    assert (reply.body, reply.headers["Content-Length"]) == (b"", "0")


def test_an_endless_accept_encoding_is_not_read(cache):
    reply = ask(cache, HTTP_ACCEPT_ENCODING="br, " * 1000)
    assert "Content-Encoding" not in reply.headers


def test_a_page_that_did_not_change_is_compressed_once(cache, press, clock):
    press.body = lambda number, environ: WORDS
    bodies = []
    for _ in range(2):
        clock.now += LIFETIME
        bodies.append(ask(cache, HTTP_ACCEPT_ENCODING="br").body)
        before = cache._find(("http", "testserver", "/", ""))
    assert press.made == 2
    clock.now += LIFETIME
    ask(cache)
    after = cache._find(("http", "testserver", "/", ""))
    assert after.made > before.made
    assert after.encoded is before.encoded
    assert bodies[0] == bodies[1]


def test_what_a_server_does_to_the_headers_is_not_in_the_next_answer(cache):
    def rude(status, headers):
        headers.clear()

    etag = ask(cache).headers["ETag"]
    environ = RequestFactory().get("/", HTTP_HOST="testserver").environ
    cache(environ, rude)
    cache(environ | {"HTTP_IF_NONE_MATCH": etag}, rude)
    assert ask(cache).headers["ETag"] == etag
    assert ask(cache, headers={"If-None-Match": etag}).headers["ETag"] == etag


# The same again


@pytest.mark.parametrize(
    "known",
    [
        "{etag}",
        '"other", {etag}',
        '"a,b" ,{etag}',
        "*",
        " * ",
        "{strong}",
        'W/"x", {strong}',
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_the_page_is_told_so(cache, known, method):
    etag = ask(cache).headers["ETag"]
    known = known.format(etag=etag, strong=etag.removeprefix("W/"))
    reply = ask(cache, method=method, headers={"If-None-Match": known})
    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers == {
        "Cache-Control": "public, no-cache",
        "ETag": etag,
        "Vary": "Accept-Encoding",
    }


@pytest.mark.parametrize(
    "known", ['"other"', "", "nonsense", 'W/"', "{bare}", '"{bare}', ",,,"]
)
def test_who_has_another_page_gets_this_one(cache, known):
    etag = ask(cache).headers["ETag"]
    known = known.format(bare=etag.removeprefix('W/"').removesuffix('"'))
    reply = ask(cache, headers={"If-None-Match": known})
    assert reply.status == 200
    assert reply.text.startswith("1 ")


def test_the_first_reader_of_a_new_page_is_told_that_it_is_the_same(
    cache, press, clock
):
    press.body = lambda number, environ: WORDS
    etag = ask(cache).headers["ETag"]
    clock.now += LIFETIME
    assert ask(cache, headers={"If-None-Match": etag}).status == 304
    assert press.made == 2


def test_another_text_and_another_header_are_another_page(cache, press, clock):
    press.body = lambda number, environ: WORDS
    etags = []
    for text, policy in [(WORDS, "a"), (WORDS + b".", "a"), (WORDS, "b"), (WORDS, "a")]:
        press.body = lambda number, environ, text=text: text
        press.headers = [PUBLIC, ("Content-Security-Policy", policy), ("ETag", '"own"')]
        clock.now += LIFETIME
        etags.append(ask(cache).headers["ETag"])
    assert len(set(etags[:3])) == 3
    assert etags[3] == etags[0]


@pytest.mark.parametrize(
    "status", ["404 Not Found", "410 Gone", "301 Moved Permanently"]
)
def test_only_a_page_that_is_there_can_be_the_same(cache, press, status):
    press.status = status
    assert "ETag" not in ask(cache).headers
    reply = ask(cache, headers={"If-None-Match": "*"})
    assert reply.status == int(status[:3])


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


# Many at once


class SlowPress(Press):
    """Begins to make a page, and ends when it is told to."""

    def __init__(self):
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)

    def body(self, number, environ):
        self.begun.release()
        assert self.may_end.acquire(timeout=10), "nobody let the page end"
        return super().body(number, environ)


@pytest.fixture
def slow(_own_addresses):
    return SlowPress()


@pytest.fixture
def many():
    with ThreadPoolExecutor(20) as threads:
        yield threads


def settled():
    """Give threads that were just started the time to reach where they wait."""
    time.sleep(0.2)


def keep_first_page(cache, slow):
    slow.may_end.release()
    assert ask(cache).text.startswith("1 ")
    assert slow.begun.acquire(timeout=5)


def test_of_many_who_come_first_one_makes_the_page(slow, clock, many):
    cache = PageCache(slow, clock=clock)
    waiting = [many.submit(ask, cache) for _ in range(20)]
    settled()
    assert not any(reply.done() for reply in waiting)
    slow.may_end.release()
    assert {reply.result(5).text[:2] for reply in waiting} == {"1 "}
    assert slow.made == 1
    assert cache._renderings == {}


def test_pages_do_not_wait_for_each_other(slow, clock, many):
    cache = PageCache(slow, clock=clock)
    waiting = [many.submit(ask, cache, f"/articles/{n}/") for n in range(5)]
    for _ in waiting:
        assert slow.begun.acquire(timeout=5)
    slow.may_end.release(5)
    assert {reply.result(5).status for reply in waiting} == {200}


def test_while_one_makes_the_page_anew_the_others_get_the_old_one(slow, clock, many):
    cache = PageCache(slow, clock=clock)
    keep_first_page(cache, slow)
    clock.now += LIFETIME
    making = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    clock.now += LIFETIME - 0.01
    assert [many.submit(ask, cache).result(5).text[:2] for _ in range(5)] == ["1 "] * 5
    assert not making.done()
    slow.may_end.release()
    assert making.result(5).text.startswith("2 ")
    assert slow.made == 2


def test_no_page_of_two_lifetimes_is_sent(slow, clock, many):
    cache = PageCache(slow, clock=clock)
    keep_first_page(cache, slow)
    clock.now += LIFETIME
    making = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    clock.now += LIFETIME
    waiting = [many.submit(ask, cache) for _ in range(5)]
    settled()
    assert not any(reply.done() for reply in waiting)
    slow.may_end.release()
    replies = [reply.result(5) for reply in [making, *waiting]]
    assert {reply.text[:2] for reply in replies} == {"2 "}
    assert slow.made == 2


def test_a_page_that_took_two_lifetimes_is_not_for_who_came_after_them(
    slow, clock, many
):
    cache = PageCache(slow, clock=clock)
    making = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    early = many.submit(ask, cache)
    settled()
    clock.now += 2 * LIFETIME
    late = [many.submit(ask, cache) for _ in range(5)]
    settled()
    slow.may_end.release()
    assert making.result(5).text.startswith("1 ")
    assert early.result(5).text.startswith("1 ")
    assert slow.begun.acquire(timeout=5)
    slow.may_end.release()
    assert {reply.result(5).text[:2] for reply in late} == {"2 "}
    assert slow.made == 2


def test_when_the_maker_fails_the_others_make_their_own(slow, clock, many):
    cache = PageCache(slow, clock=clock)
    slow.error = ZeroDivisionError()
    failing = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    waiting = [many.submit(ask, cache) for _ in range(5)]
    settled()
    slow.may_end.release()
    assert isinstance(failing.exception(5), ZeroDivisionError)
    for _ in waiting:
        assert slow.begun.acquire(timeout=5)
    slow.error = None
    slow.may_end.release(5)
    assert {reply.result(5).status for reply in waiting} == {200}
    assert cache._renderings == {}


def test_when_the_page_is_not_for_all_everyone_gets_their_own(slow, clock, many):
    cache = PageCache(slow, clock=clock)
    slow.headers = [("Cache-Control", "private")]
    waiting = [many.submit(ask, cache) for _ in range(5)]
    settled()
    slow.may_end.release(5)
    replies = {reply.result(5).text[:2] for reply in waiting}
    assert replies == {"1 ", "2 ", "3 ", "4 ", "5 "}


def test_nobody_waits_for_ever(slow, clock, many):
    cache = PageCache(slow, clock=clock, patience=0.05)
    stuck = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    impatient = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    slow.may_end.release(2)
    replies = {stuck.result(5).text[:2], impatient.result(5).text[:2]}
    assert replies == {"1 ", "2 "}


def test_a_page_that_was_begun_later_is_not_replaced_by_an_earlier_one(
    slow, clock, many
):
    cache = PageCache(slow, clock=clock, patience=0.05)
    release = {1: threading.Event(), 2: threading.Event()}

    def body(number, environ):
        slow.begun.release()
        assert release[number].wait(10)
        return b"%d " % number + WORDS

    slow.body = body
    early = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    clock.now += 1
    late = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    release[2].set()
    assert late.result(5).text.startswith("2 ")
    release[1].set()
    assert early.result(5).text.startswith("1 ")
    assert ask(cache).text.startswith("2 ")


@pytest.mark.usefixtures("_own_addresses")
def test_under_load_no_reader_sees_what_is_older_than_two_lifetimes(settings, many):
    settings.PAGE_CACHE_SECONDS = lifetime = 0.05
    made = Counter()
    at_once = Counter()

    class Busy(Press):
        def body(self, number, environ):
            path = environ["PATH_INFO"]
            made[path] += 1
            at_once[path] += 1
            assert at_once[path] == 1, "two make one page at once"
            now = time.monotonic()
            time.sleep(0.03)
            at_once[path] -= 1
            return b"%f" % now

    cache = PageCache(Busy())
    end = time.monotonic() + 1.5

    def read(number):
        worst_age, replies = 0, 0
        while (now := time.monotonic()) < end:
            page = ask(cache, f"/articles/{number % 3}/")
            worst_age = max(worst_age, now - float(page.body))
            replies += 1
        return worst_age, replies

    results = [reply.result(30) for reply in [many.submit(read, n) for n in range(12)]]
    assert max(age for age, _ in results) < 2 * lifetime
    assert sum(replies for _, replies in results) > sum(made.values())
    assert len(made) == 3


# With Django behind it


@pytest.fixture
def site(clock):
    # As Django's own test client does: the connection is in the test's transaction.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield PageCache(WSGIHandler(), clock=clock)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.usefixtures("_own_addresses")
def test_a_page_of_django_is_kept(site):
    first = ask(site, "/?before=1&utm=2&before=3", headers={"Cookie": "theme=dark"})
    assert first.status == 200
    assert first.text.startswith("{'before': ['3']} []")
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "ETag" in first.headers
    assert "Permissions-Policy" in first.headers


def test_a_forgotten_slash_leads_to_the_page_with_its_parameters(db, site):
    moved = ask(site, "/archive/2026/11?before=x&utm=1")
    assert moved.status == 301
    assert moved.headers["Location"] == "/archive/2026/11/?before=x"


def test_a_host_that_is_not_ours_is_refused(db, site):
    assert ask(site, HTTP_HOST="evil.example").status == 400


def test_a_withdrawal_is_seen_after_the_lifetime(db, site, clock):
    article = make_visible_article(title="The flood")
    address = article.get_absolute_url()
    assert "The flood" in ask(site, address).text
    article.withdraw(reason="A mistake", notice="It was wrong.")
    assert "The flood" in ask(site, address).text
    clock.now += LIFETIME
    gone = ask(site, address)
    assert gone.status == 410
    assert "The flood" not in gone.text
    assert ask(site, address).status == 410


def test_a_moderators_decision_is_seen_after_the_lifetime(db, site, clock):
    comment = make_comment(body="Well said.")
    address = comment.article.get_absolute_url()
    assert "Well said." not in ask(site, address).text
    comment.approve()
    clock.now += LIFETIME
    assert "Well said." in ask(site, address).text
    comment.reject(reason="off_topic")
    assert "Well said." in ask(site, address).text
    clock.now += LIFETIME
    assert "Well said." not in ask(site, address).text


def test_a_scheduled_article_appears_on_time(db, site, clock):
    with time_machine.travel(timezone.now(), tick=False) as calendar:
        article = make_visible_article(
            title="At noon", published_at=timezone.now() + HOUR
        )
        for address in [article.get_absolute_url(), "/"]:
            assert "At noon" not in ask(site, address).text
        for step in [HOUR - timedelta(seconds=1), timedelta(seconds=1)]:
            calendar.shift(step)
            clock.now += step.total_seconds()
            status = ask(site, article.get_absolute_url()).status
        assert status == 404
        calendar.shift(LIFETIME)
        clock.now += LIFETIME
        for address in [article.get_absolute_url(), "/"]:
            assert "At noon" in ask(site, address).text


def test_staff_see_their_own_page_and_readers_never_do(db, site, client):
    article = make_visible_article(title="The flood")
    address = article.get_absolute_url()
    client.force_login(make_user(role="Editors"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    headers = {"Cookie": f"{cookie.key}={cookie.value}"}
    own = ask(site, address, headers=headers)
    assert own.headers["Cache-Control"] == "private, no-store"
    public = ask(site, address)
    assert public.headers["Cache-Control"] == "public, no-cache"
    edit = f"/admin/articles/article/{article.pk}/change/"
    assert edit in own.text
    assert edit not in public.text
    assert edit in ask(site, address, headers=headers).text


def test_a_page_that_is_not_there_is_kept_too(db, site, django_assert_num_queries):
    missing = ask(site, "/articles/nothing/")
    assert missing.status == 404
    assert missing.headers["Cache-Control"] == "public, no-cache"
    with django_assert_num_queries(0):
        assert ask(site, "/articles/nothing/?a=1").status == 404


def test_a_kept_page_asks_nothing_of_the_database(db, site, django_assert_num_queries):
    address = make_visible_article().get_absolute_url()
    page = ask(site, address)
    with django_assert_num_queries(0):
        assert ask(site, address).body == page.body


def test_the_door_passes_through_proxies_and_page_cache():
    from newsroom.proxies import TrustedProxies
    from newsroom.wsgi import application

    assert isinstance(application, TrustedProxies)
    assert isinstance(application._application, PageCache)
    assert isinstance(application._application._application, WSGIHandler)
