"""
A throttle for refused posts: one network may cause MOST_REFUSED refusals in WITHIN seconds.

A refused post is not stored, so COMMENT_RATE does not count it, but checking it costs work. A
reader who mistypes does not reach the limit.

With a shared cache (CACHE_URL, such as Redis) all processes of all machines count together.
Without one each process counts for itself, in memory, so a site with several workers allows as many
times more, which still stops a flood. Each process also counts for itself while the cache does not
answer: the site needs no cache to answer. No network is stored, only its keyed hash.
"""

import hmac
import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from math import ceil

from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.utils.crypto import salted_hmac

MOST_REFUSED = 60
# In seconds.
WITHIN = 60.0
# The number of networks that are remembered; the least recently refused is dropped first.
MOST_NETWORKS = 10_000
# In seconds: how long a cache that failed is not asked again.
PAUSE = 10.0

logger = logging.getLogger(__name__)


class Refusals:
    """
    Counts refused posts by network, for the whole site if the cache is shared.

    `purpose` names the counts in the cache. `clock` returns monotonic seconds.
    """

    def __init__(self, purpose: str, *, clock: Callable[[], float] = time.monotonic):
        self._own = OwnCounts(clock)
        self._shared = SharedCounts(purpose, clock)

    def count(self, network: str | None) -> None:
        """Count one refusal; does nothing for an unknown network (None)."""
        if network is None:
            return
        # Also counted here, for the case that the cache fails.
        self._own.count(network)
        self._shared.count(network)

    def seconds_to_wait(self, network: str | None) -> int:
        """The seconds until the network may post again; 0 if it may now."""
        if network is None:
            return 0
        return self._own.seconds_to_wait(network) or self._shared.seconds_to_wait(
            network
        )

    def clear(self) -> None:
        """Forget what this process has counted."""
        self._own.clear()


class OwnCounts:
    """The counts of this process, under a hash with a key of this process."""

    def __init__(self, clock):
        self._clock = clock
        self._key = secrets.token_bytes(32)
        # By the hash of the network: when the current period began, and the refusals in it.
        self._counts: OrderedDict[bytes, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, network):
        key, now = self._hash(network), self._clock()
        with self._lock:
            began, number = self._counts.pop(key, (now, 0))
            if now - began >= WITHIN:
                began, number = now, 0
            self._counts[key] = (began, number + 1)
            while len(self._counts) > MOST_NETWORKS:
                self._counts.popitem(last=False)

    def seconds_to_wait(self, network):
        began, number = self._counts.get(self._hash(network), (0.0, 0))
        left = began + WITHIN - self._clock()
        return ceil(left) if number >= MOST_REFUSED and left > 0 else 0

    def clear(self):
        with self._lock:
            self._counts.clear()

    def _hash(self, network):
        return hmac.new(self._key, network.encode(), sha256).digest()


class SharedCounts:
    """
    The counts of all processes, in Django's cache; nothing if that is not shared.

    A period of WITHIN seconds begins at the same moment everywhere, so that its number is part of
    the key and a count ends by itself.
    """

    def __init__(self, purpose, clock):
        self._purpose = purpose
        self._clock = clock
        self._failed_at = None

    def count(self, network):
        def add():
            key = self._key(network)
            # Of several processes one creates it; all of them add to it.
            cache.add(key, 0, timeout=2 * WITHIN)
            cache.incr(key)

        self._try(add)

    def seconds_to_wait(self, network):
        number = self._try(lambda: cache.get(self._key(network), 0)) or 0
        return ceil(WITHIN - time.time() % WITHIN) if number >= MOST_REFUSED else 0

    def _try(self, act):
        """What the act returns; None if the cache is not shared or does not answer."""
        if not _is_shared() or self._is_pausing():
            return None
        try:
            return act()
        except Exception as error:
            # Each kind of cache has exceptions of its own. Their messages may hold its address.
            self._failed_at = self._clock()
            logger.warning(
                "The cache does not answer (%s): each process throttles for itself.",
                type(error).__name__,
            )
            return None

    def _is_pausing(self):
        return self._failed_at is not None and self._clock() - self._failed_at < PAUSE

    def _key(self, network):
        period = int(time.time() // WITHIN)
        hashed = salted_hmac(
            f"comments.security.refusals.{self._purpose}", network, algorithm="sha256"
        ).hexdigest()
        return f"refused:{self._purpose}:{period}:{hashed}"


def _is_shared():
    return not isinstance(caches[DEFAULT_CACHE_ALIAS], (LocMemCache, DummyCache))


refusals = Refusals("posts")
