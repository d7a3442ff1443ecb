from concurrent.futures import ThreadPoolExecutor

import pytest

from newsroom.server.page_cache import PageCache
from tests.newsroom.server.page_cache.press import LIFETIME, Clock, Press, SlowPress


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def _lifetime(settings):
    settings.PAGE_CACHE_SECONDS = LIFETIME


@pytest.fixture
def _own_addresses(settings):
    settings.ROOT_URLCONF = "tests.newsroom.server.page_cache.press"


@pytest.fixture
def press(_own_addresses):
    return Press()


@pytest.fixture
def cache(press, clock):
    return PageCache(press, clock=clock)


@pytest.fixture
def slow(_own_addresses):
    return SlowPress()


@pytest.fixture
def many():
    with ThreadPoolExecutor(20) as threads:
        yield threads
