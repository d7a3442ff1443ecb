import pytest
from django.test import RequestFactory

from newsroom.server.content_encodings import encoding_for
from tests.newsroom.server.page_cache.press import LIFETIME, PUBLIC, WORDS, ask

# Encodings


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


# Conditional requests


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
