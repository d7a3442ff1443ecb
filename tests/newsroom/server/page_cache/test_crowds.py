import threading
import time
from collections import Counter

import pytest

from newsroom.server.page_cache import PageCache
from tests.newsroom.server.page_cache.press import LIFETIME, WORDS, Press, ask


def settled():
    """Give threads that were just started the time to reach the point where they wait."""
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
