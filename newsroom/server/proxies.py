"""Who a request comes from, and what it asked for, when proxies stand before us."""

import logging
import threading
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from newsroom.server.plain_answers import plain_answer

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

logger = logging.getLogger(__name__)

# Believed from a trusted proxy, taken out of everyone else's requests.
FORWARDED = frozenset(
    [
        "HTTP_FORWARDED",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PORT",
        "HTTP_X_FORWARDED_PROTO",
    ]
)

# Set by the server (newsroom.server.rsgi): which of these came in two lines, or under a name
# with underscores, which in an environ is the same as the one with hyphens.
AMBIGUOUS = "newsroom.ambiguous_headers"

# Where a proxy of the same machine or house has its address. Python's `is_private`
# takes in more, such as the networks that stand in examples.
NEAR = [
    ip_network(text)
    for text in [
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    ]
]

# No chain of ours is longer; what a stranger wrote in front of it is not read.
MOST_PROXIES = 20


class TrustedProxies:
    """
    The WSGI application, told what the proxies of TRUSTED_PROXIES say of the request.

    REMOTE_ADDR, wsgi.url_scheme and HTTP_HOST become the reader's; the headers that
    said so are gone, whoever sent them. From a proxy on this machine or in a private
    network that nobody named, every request would seem to come from one reader:
    `newsroom.network_unknown` is then true, and limits by network are off.

    From a trusted proxy, a forwarding header in two lines or with underscores in its
    name is refused (400): one of the two may be the reader's.
    """

    def __init__(self, application):
        self._application = application
        self._trusted = networks(settings.TRUSTED_PROXIES)
        # Peers are few: each is looked at once.
        self._peer = lru_cache(maxsize=1024)(self._look_at)
        self._not_yet_warned = threading.Lock()
        self._not_yet_told = threading.Lock()

    def __call__(self, environ, start_response):
        if self._is_ambiguous(environ):
            return plain_answer(
                "400 Bad Request",
                "The proxy of this site passed on contradictory headers.",
                start_response,
            )
        if not environ.keys().isdisjoint(FORWARDED):
            self._settle(environ)
        return self._application(environ, start_response)

    def kept(self, environ):
        """The kept page, as PageCache.kept."""
        if self._is_ambiguous(environ):
            return None
        if not environ.keys().isdisjoint(FORWARDED):
            self._settle(environ)
        return self._application.kept(environ)

    def _is_ambiguous(self, environ):
        """Whether a proxy of ours sent a forwarding header that may be the reader's, not its own."""
        unclear = environ.get(AMBIGUOUS)
        if not unclear or not self._peer(environ.get("REMOTE_ADDR", ""))[0]:
            return False
        if self._not_yet_told.acquire(blocking=False):
            logger.error(
                "The proxy %s passes on %s twice or with an underscore in the name: its "
                "requests are refused. It must overwrite X-Forwarded-* and drop header "
                "names with underscores; see docs/operating.md.",
                environ.get("REMOTE_ADDR"),
                ", ".join(sorted(unclear)),
            )
        return True

    def _settle(self, environ):
        said = {name: environ.pop(name, "") for name in FORWARDED}
        peer = environ.get("REMOTE_ADDR", "")
        trusted, near = self._peer(peer)
        if trusted:
            self._believe(environ, said)
        elif near and said["HTTP_X_FORWARDED_FOR"]:
            environ["newsroom.network_unknown"] = True
            self._warn(peer)

    def _believe(self, environ, said):
        client, proxies = self._client(
            environ["REMOTE_ADDR"], said["HTTP_X_FORWARDED_FOR"]
        )
        environ["REMOTE_ADDR"] = client
        scheme = added_by(proxies, said["HTTP_X_FORWARDED_PROTO"]).lower()
        if scheme in {"http", "https"}:
            environ["wsgi.url_scheme"] = scheme
        if host := added_by(proxies, said["HTTP_X_FORWARDED_HOST"]):
            environ["HTTP_HOST"] = host

    def _client(self, peer, forwarded_for):
        """
        The rightmost address that is not a proxy of ours, and how many proxies stand before it.

        Where the chain cannot be read any further, the last that could be read.
        """
        client, proxies = peer, 1
        for text in reversed(forwarded_for.rsplit(",", MOST_PROXIES)[-MOST_PROXIES:]):
            address = address_in(text)
            if address is None:
                break
            client = str(address)
            if not self._trusts(address):
                break
            proxies += 1
        return client, proxies

    def _look_at(self, peer):
        """Whether the peer is a proxy of ours; whether it stands on this machine or in a private network."""
        address = address_in(peer)
        if address is None:
            # A socket in the file system: somebody on this machine.
            return False, True
        return self._trusts(address), stands_in(NEAR, address)

    def _trusts(self, address):
        return stands_in(self._trusted, address)

    def _warn(self, peer):
        # Taken once and never given back: one warning for each process.
        if self._not_yet_warned.acquire(blocking=False):
            logger.warning(
                "%s sends X-Forwarded-For and is not in TRUSTED_PROXIES: whose requests "
                "these are stays unknown, and limits by network are off for them. If it "
                "is your proxy, set TRUSTED_PROXIES to its address.",
                peer or "A socket without an address",
            )


def networks(texts: list[str]) -> list[IPNetwork]:
    """The networks that TRUSTED_PROXIES names. Raises ImproperlyConfigured for anything else."""
    try:
        return [ip_network(text) for text in texts]
    except ValueError as error:
        raise ImproperlyConfigured(
            "TRUSTED_PROXIES must hold addresses or networks separated by spaces, "
            f"such as 127.0.0.1 or 10.0.0.0/8: {error}."
        ) from error


def stands_in(networks: list[IPNetwork], address: IPAddress) -> bool:
    return any(address in network for network in networks)


def address_in(text: str) -> IPAddress | None:
    """
    The address in one item of X-Forwarded-For: bare, in brackets, or with a port.

    An IPv4 address written as IPv6 is the IPv4 address. None for anything else.
    """
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def added_by(proxies: int, values: str) -> str:
    """
    What the proxy nearest to the reader wrote into a header that each may add to.

    The proxies that are ours wrote the last values; a header that they replace
    has only one.
    """
    return values.split(",")[-proxies:][0].strip()
