"""Pages that stand in while Django fails or is late."""

import pytest

from articles.core import departures
from newsroom.server.page_cache import PageCache
from tests.newsroom.server.page_cache.press import LIFETIME, PUBLIC, WORDS, ask

STALE = 600
FAILURES = ["500 Internal Server Error", "503 Service Unavailable"]


@pytest.fixture(autouse=True)
def _stale_seconds(settings, _lifetime):
    settings.STALE_SECONDS = STALE


def fail(press, status):
    press.status, press.headers = status, [("Cache-Control", "private, no-store")]


def recover(press):
    press.status, press.headers, press.error = "200 OK", [PUBLIC], None


@pytest.mark.parametrize("status", FAILURES)
def test_a_kept_page_stands_in_for_a_failure_and_says_so(cache, press, clock, status):
    before = ask(cache)
    fail(press, status)
    clock.now += 100
    page = ask(cache)
    assert (page.status, page.body) == (200, before.body)
    assert page.headers["Age"] == "100"
    assert page.headers["Cache-Status"] == (
        f"newsroom; hit; ttl={LIFETIME - 100}; detail=stale"
    )
    assert press.closed == 2
    recover(press)
    page = ask(cache)
    assert page.text.startswith("3 ")
    assert "Age" not in page.headers
    assert "Cache-Status" not in page.headers


def test_a_kept_page_stands_in_for_an_error(cache, press, clock, caplog):
    ask(cache)
    press.error = ZeroDivisionError()
    clock.now += 100
    assert ask(cache).text.startswith("1 ")
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("status", FAILURES)
def test_it_stands_in_no_longer_than_it_may(cache, press, clock, status):
    ask(cache)
    fail(press, status)
    clock.now += STALE - 0.1
    assert ask(cache).status == 200
    clock.now += 0.1
    assert ask(cache).status == int(status[:3])


def test_zero_seconds_turn_it_off(press, clock, settings):
    settings.STALE_SECONDS = 0
    cache = PageCache(press, clock=clock)
    ask(cache)
    fail(press, FAILURES[0])
    clock.now += LIFETIME
    assert ask(cache).status == 500


def test_an_unchanged_page_is_not_sent_again(cache, press, clock):
    etag = ask(cache).headers["ETag"]
    fail(press, FAILURES[0])
    clock.now += 100
    answer = ask(cache, headers={"If-None-Match": etag})
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["Age"] == "100"


def test_a_page_that_was_not_there_may_be_there_now(cache, press, clock):
    press.status = "404 Not Found"
    assert ask(cache).status == 404
    fail(press, FAILURES[1])
    clock.now += LIFETIME
    assert ask(cache).status == 503


@pytest.mark.parametrize("control", ["private", "no-store", ""])
def test_a_page_that_is_no_longer_public_does_not_stand_in(
    cache, press, clock, control
):
    ask(cache)
    clock.now += LIFETIME
    press.headers = [("Cache-Control", control)] if control else []
    ask(cache)
    fail(press, FAILURES[1])
    assert ask(cache).status == 503


@pytest.mark.parametrize(
    "gone",
    [
        ("404 Not Found", [PUBLIC]),
        ("410 Gone", [PUBLIC]),
        ("301 Moved Permanently", [PUBLIC, ("Location", "/articles/other/")]),
    ],
)
def test_no_page_names_what_this_process_has_seen_leave(cache, press, clock, gone):
    def body(number, environ):
        is_front = environ["PATH_INFO"] == "/"
        return (b"<a href='/articles/flood/'>" if is_front else b"") + WORDS

    press.body = body
    for path in ["/", "/articles/other/", "/articles/flood/"]:
        ask(cache, path)
        ask(cache, path, **{"wsgi.url_scheme": "https"})
    clock.now += LIFETIME
    press.status, press.headers = gone
    assert ask(cache, "/articles/flood/").status == int(gone[0][:3])
    fail(press, FAILURES[1])
    clock.now += LIFETIME
    https = {"wsgi.url_scheme": "https"}
    for environ in [{}, https]:
        assert ask(cache, "/", **environ).status == 503
        assert ask(cache, "/articles/other/", **environ).status == 200
    assert ask(cache, "/articles/flood/", **https).status == 503


def test_a_page_from_after_the_departure_stands_in_again(cache, press, clock):
    press.body = lambda number, environ: b"<a href='/articles/flood/'>" + WORDS
    ask(cache)
    departures.note("/articles/flood/")
    fail(press, FAILURES[1])
    clock.now += LIFETIME
    assert ask(cache).status == 503
    # It is published again, so that the front page names it again.
    recover(press)
    ask(cache)
    fail(press, FAILURES[1])
    clock.now += LIFETIME
    assert ask(cache).status == 200


def test_with_too_many_departures_nothing_from_before_them_stands_in(
    cache, press, clock
):
    ask(cache)
    for number in range(departures.MOST_REMEMBERED + 1):
        departures.note(f"/articles/{number}/")
    fail(press, FAILURES[1])
    clock.now += LIFETIME
    assert ask(cache).status == 503


def test_who_waits_for_a_late_page_gets_the_kept_one(slow, clock, many, monkeypatch):
    monkeypatch.setattr("newsroom.server.page_cache.PATIENCE_WITH_PAGE", 0.05)
    cache = PageCache(slow, clock=clock)
    slow.may_end.release()
    ask(cache)
    assert slow.begun.acquire(timeout=5)
    clock.now += 3 * LIFETIME
    late = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    page = many.submit(ask, cache).result(5)
    assert page.text.startswith("1 ")
    assert page.headers["Age"] == str(3 * LIFETIME)
    slow.may_end.release()
    assert late.result(5).text.startswith("2 ")


def test_an_outage_that_one_request_met_is_not_met_again_by_those_who_waited(
    slow, clock, many
):
    fail(slow, FAILURES[1])
    cache = PageCache(slow, clock=clock)
    first = many.submit(ask, cache)
    assert slow.begun.acquire(timeout=5)
    waiting = [many.submit(ask, cache) for _ in range(5)]
    while sum(future.running() for future in waiting) < 5:
        pass
    slow.may_end.release(6)
    assert {reply.result(5).status for reply in [first, *waiting]} == {503}
