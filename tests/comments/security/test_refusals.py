import logging
import shutil
import socket
import subprocess
import time

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError

from comments.security import refusals as module
from comments.security.refusals import MOST_REFUSED, WITHIN, Refusals

HERE, THERE = "192.0.2.0/24", "198.51.100.0/24"


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def refused(number, *, network=HERE, clock=None):
    counts = Refusals("test", clock=clock or Clock())
    for _ in range(number):
        counts.count(network)
    return counts


def test_a_network_waits_when_too_much_of_it_was_refused_within_a_minute():
    assert refused(MOST_REFUSED - 1).seconds_to_wait(HERE) == 0
    assert refused(MOST_REFUSED).seconds_to_wait(HERE) == WITHIN


def test_others_and_those_who_are_not_known_do_not_wait():
    assert refused(MOST_REFUSED).seconds_to_wait(THERE) == 0
    assert refused(MOST_REFUSED, network=None).seconds_to_wait(None) == 0


def test_after_the_minute_the_count_begins_anew():
    clock = Clock()
    counts = refused(MOST_REFUSED, clock=clock)
    clock.now += WITHIN - 0.5
    assert counts.seconds_to_wait(HERE) == 1
    clock.now += 0.5
    assert counts.seconds_to_wait(HERE) == 0
    counts.count(HERE)
    assert counts.seconds_to_wait(HERE) == 0


def test_no_network_is_remembered_by_its_name():
    counts = refused(1)
    own = counts._own
    assert "192.0.2" not in repr(vars(own))
    assert list(own._counts) != list(refused(1)._own._counts)


def test_the_memory_that_it_takes_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_NETWORKS", 5)
    counts = Refusals("test", clock=Clock())
    for number in range(20):
        counts.count(f"2001:db8:{number}::/48")
    assert len(counts._own._counts) == 5


@pytest.fixture
def redis(tmp_path, settings):
    """The cache of the site is a Redis; yields a function that ends it."""
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server found")
    path = tmp_path / "redis.sock"
    server = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", path, "--save", ""],
        stdout=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    use_redis(settings, f"unix://{path}")
    until = time.monotonic() + 60
    while not answers():
        assert time.monotonic() < until
        time.sleep(0.02)
    yield server
    server.kill()
    server.wait()


def answers():
    try:
        cache.set("test", 1)
    except ConnectionError:
        return False
    cache.delete("test")
    return True


def use_redis(settings, location):
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": location}}


def test_with_a_redis_all_processes_count_together(redis):
    # The two share nothing but the Redis, as those of two processes.
    here, there, others = (Refusals(purpose) for purpose in ["test", "test", "other"])
    for _ in range(MOST_REFUSED // 2):
        here.count(HERE)
        there.count(HERE)
    assert 0 < here.seconds_to_wait(HERE) <= WITHIN
    assert there.seconds_to_wait(HERE)
    assert others.seconds_to_wait(HERE) == 0
    assert there.seconds_to_wait(THERE) == 0


def test_a_shared_count_ends_by_itself_and_names_no_network(redis):
    Refusals("test").count(HERE)
    client = cache._cache.get_client(write=False)
    [key] = client.keys("*")
    assert b"192.0.2" not in key
    assert 0 < client.ttl(key) <= 2 * WITHIN


def test_each_process_counts_for_itself_while_the_redis_is_away(redis, caplog):
    redis.kill()
    redis.wait()
    clock = Clock()
    with caplog.at_level(logging.WARNING):
        counts = refused(MOST_REFUSED, clock=clock)
        assert counts.seconds_to_wait(HERE) == WITHIN
        assert counts.seconds_to_wait(THERE) == 0
    # It is not asked with every post.
    assert len(caplog.records) == 1


def test_a_redis_that_hangs_holds_nobody_up(settings):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        use_redis(settings, f"redis://127.0.0.1:{silent.getsockname()[1]}")
        settings.CACHES["default"]["OPTIONS"] = {"socket_timeout": 0.05}
        counts = refused(MOST_REFUSED)
        assert counts.seconds_to_wait(HERE) == WITHIN
