"""
A throttle for refused posts: one network may cause MOST_REFUSED refusals in WITHIN seconds.

A refused post is not stored, so COMMENT_RATE does not count it, but checking it costs
work. The counts live in the memory of each process, under a hash of the network with a key
of that process. They cost no query and end with the process. A site with several workers
allows as many times more, which still stops a flood. A reader who mistypes does not reach
the limit.
"""

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from math import ceil

MOST_REFUSED = 60
# In seconds.
WITHIN = 60.0
# The number of networks that are remembered; the least recently refused is dropped first.
MOST_NETWORKS = 10_000


class Refusals:
    """Counts refused posts by network. `clock` returns monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._key = secrets.token_bytes(32)
        # By the hash of the network: when the current period began, and the refusals in it.
        self._counts: OrderedDict[bytes, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, network: str | None) -> None:
        """Count one refusal; does nothing for an unknown network (None)."""
        if network is None:
            return
        key, now = self._hash(network), self._clock()
        with self._lock:
            began, number = self._counts.pop(key, (now, 0))
            if now - began >= WITHIN:
                began, number = now, 0
            self._counts[key] = (began, number + 1)
            while len(self._counts) > MOST_NETWORKS:
                self._counts.popitem(last=False)

    def seconds_to_wait(self, network: str | None) -> int:
        """The seconds until the network may post again; 0 if it may now."""
        if network is None:
            return 0
        began, number = self._counts.get(self._hash(network), (0.0, 0))
        left = began + WITHIN - self._clock()
        return ceil(left) if number >= MOST_REFUSED and left > 0 else 0

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()

    def _hash(self, network):
        return hmac.new(self._key, network.encode(), sha256).digest()


refusals = Refusals()
