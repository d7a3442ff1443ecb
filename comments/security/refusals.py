"""
How many posts of one network may be refused: so many a minute, whatever they were refused for.

What is refused is stored nowhere, so COMMENT_RATE does not count it, and yet each costs
the work of looking at it. The counts live in the memory of each process, under a hash of
the network with a key of that process: looking one up costs no query, they are gone with
the process, and a site with several workers allows as many times more, which still ends
a flood. A reader who mistypes never comes near the limit.
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
# Networks that are remembered; beyond them the one that was refused longest ago is forgotten.
MOST_NETWORKS = 10_000


class Refusals:
    """Counts of refused posts by network. `clock` gives seconds that only grow."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._key = secrets.token_bytes(32)
        # By the hash of the network: when its minute began, and how many were refused in it.
        self._counts: OrderedDict[bytes, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, network: str | None) -> None:
        """One more was refused; nothing is counted where the network is not known."""
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
        """How long until the next post of the network is looked at; 0 when it can be at once."""
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
