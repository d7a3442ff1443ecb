"""The client address, scheme and host of a request that came through proxies."""

import logging
import re
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

from newsroom.server.exchanges import VALID_REQUEST_ID
from newsroom.server.plain_answers import plain_answer

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

logger = logging.getLogger(__name__)

# Believed from a trusted proxy, removed from all other requests.
FORWARDED = frozenset(
    [
        "HTTP_FORWARDED",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PORT",
        "HTTP_X_FORWARDED_PROTO",
    ]
)

# Set here: the sentence that answers a request which would be redirected to https for ever.
REFUSAL = "newsroom.scheme_unknown"

# Set by the server (newsroom.server.rsgi): those of these headers that came in two lines or
# with underscores in the name. In an environ, underscores and hyphens are the same.
AMBIGUOUS = "newsroom.ambiguous_headers"

# Addresses of proxies on this machine or in a private network. Python's `is_private` has
# more networks, such as those for documentation.
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

# No real chain is longer; what a client put in front of it is not read.
MOST_PROXIES = 20


class TrustedProxies:
    """
    WSGI middleware that applies what the proxies of TRUSTED_PROXIES say about the request.

    REMOTE_ADDR, wsgi.url_scheme and HTTP_HOST become those of the client; forwarding headers are
    removed, whoever sent them. A proxy on this machine or in a private network that is not in
    TRUSTED_PROXIES would make all requests seem to come from one client: then
    `newsroom.network_unknown` is true, and limits by network are off.

    If a trusted proxy sends a forwarding header in two lines or with underscores in its name, the
    request is refused (400), because one of the two may be the client's.

    With https in SITE_URL, a proxy whose word about the scheme does not count, or that says
    nothing about it, would cause endless redirects to https. Such a request is refused (400)
    with a sentence that names the setting.
    """

    def __init__(self, application):
        self._application = application
        self._trusted = networks(settings.TRUSTED_PROXIES)
        # There are few peers, so each is looked up once.
        self._peer = lru_cache(maxsize=1024)(self._classify_peer)
        self._not_yet_warned = threading.Lock()
        self._not_yet_told = threading.Lock()
        self._loop_not_yet_told = threading.Lock()
        self._without_redirect = [
            re.compile(path) for path in settings.SECURE_REDIRECT_EXEMPT
        ]

    def __call__(self, environ, start_response):
        if self._is_ambiguous(environ):
            return plain_answer(
                "400 Bad Request",
                "The proxy of this site passed on contradictory headers.",
                start_response,
            )
        if not environ.keys().isdisjoint(FORWARDED):
            self._settle(environ)
        if sentence := environ.get(REFUSAL):
            return plain_answer("400 Bad Request", sentence, start_response)
        return self._application(environ, start_response)

    def kept(self, environ):
        """The kept page; see PageCache.kept."""
        if self._is_ambiguous(environ):
            return None
        if not environ.keys().isdisjoint(FORWARDED):
            self._settle(environ)
        if REFUSAL in environ:
            return None
        return self._application.kept(environ)

    def request_id(self, environ):
        """
        The X-Request-ID of a trusted proxy; None if there is no valid one.

        Must be called first, because the address of the client takes the place of the proxy's.
        """
        said = environ.get("HTTP_X_REQUEST_ID")
        if (
            said is None
            or VALID_REQUEST_ID.fullmatch(said) is None
            or not self._peer(environ.get("REMOTE_ADDR", ""))[0]
        ):
            return None
        return said

    def _is_ambiguous(self, environ):
        """Whether a trusted proxy passed on a forwarding header that may be the client's own."""
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
            self._apply_forwarded(environ, said)
        elif near and said["HTTP_X_FORWARDED_FOR"]:
            environ["newsroom.network_unknown"] = True
            self._warn(peer)
        if self._would_loop(environ, said, trusted):
            environ[REFUSAL] = self._refusal(peer, trusted)

    def _would_loop(self, environ, said, trusted):
        """Whether Django would redirect to https although the proxy may have been asked for it."""
        if not settings.SECURE_SSL_REDIRECT or environ["wsgi.url_scheme"] == "https":
            return False
        path = environ.get("PATH_INFO", "").lstrip("/")
        if any(pattern.search(path) for pattern in self._without_redirect):
            return False
        names_scheme = bool(said["HTTP_X_FORWARDED_PROTO"])
        return not names_scheme if trusted else names_scheme or said["HTTP_FORWARDED"]

    def _refusal(self, peer, trusted):
        """The sentence for whoever sees it; the log has the address, which is none of theirs."""
        if trusted:
            sentence = (
                "The proxy of this site must say in X-Forwarded-Proto whether readers reach "
                "it by http or https; see docs/operating.md."
            )
        else:
            sentence = (
                "This site was reached through a proxy that it does not know. The proxy must "
                "be named in the setting TRUSTED_PROXIES; the log has its address."
            )
        if self._loop_not_yet_told.acquire(blocking=False):
            logger.error("%s (%s)", sentence, peer or "a socket without an address")
        return sentence

    def _apply_forwarded(self, environ, said):
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
        The rightmost address that is no trusted proxy, and the number of proxies behind it.

        If the chain cannot be parsed further, the last address that could be.
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

    def _classify_peer(self, peer):
        """Whether the peer is a trusted proxy, and whether it is on this or a private network."""
        address = address_in(peer)
        if address is None:
            # A Unix socket: the peer is on this machine.
            return False, True
        return self._trusts(address), stands_in(NEAR, address)

    def _trusts(self, address):
        return stands_in(self._trusted, address)

    def _warn(self, peer):
        # Acquired once and never released: one warning per process.
        if self._not_yet_warned.acquire(blocking=False):
            logger.warning(
                "%s sends X-Forwarded-For and is not in TRUSTED_PROXIES: whose requests "
                "these are stays unknown, and limits by network are off for them. If it "
                "is your proxy, set TRUSTED_PROXIES to its address.",
                peer or "A socket without an address",
            )


def networks(texts: list[str]) -> list[IPNetwork]:
    """The networks in TRUSTED_PROXIES. Raises ImproperlyConfigured for anything else."""
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

    An IPv4-mapped IPv6 address becomes the IPv4 address. None for anything else.
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
    The value that our outermost proxy wrote into a header to which every proxy adds one.

    The trusted proxies wrote the last values, one each; a header that they replace has a
    single value.
    """
    return values.split(",")[-proxies:][0].strip()
