"""
Where a comment came from, in a form that names nobody.

What is kept is a keyed hash of the network, under a random key of the day: two
comments of one day can be seen to come from one network, and which network it
was is known to nobody once the key is deleted.
"""

import hmac
from hashlib import sha256
from ipaddress import ip_address, ip_network

from comments.models import NetworkKey
from comments.models.sender_locks import hold_sender

# The part of an address that a household or an office shares.
IPV4_PREFIX = 24
IPV6_PREFIX = 48


def recent_hashes(request):
    """The network under the key of today and of yesterday, so that midnight forgets nobody; empty when it is not known."""
    network = network_from(request)
    return _hashes(network, NetworkKey.objects.recent()) if network else []


def lasting_hashes(request):
    """The network under every key that is kept, today's first: for what a network says once, however many days lie between."""
    network = network_from(request)
    return _hashes(network, NetworkKey.objects.kept()) if network else []


def held_hashes(network, *, address="", browser=None, words=""):
    """
    The network under the keys of today and of yesterday; empty when it is not known.

    Until the transaction ends, nobody else from there gets theirs, or with this address, or
    from the browser that wrote the comment with this key: of
    two comments that come at once, the second is counted and compared when the first is
    stored, also of two that begin before and after midnight. See locks.hold_sender.
    """
    hashes = _hashes(network, NetworkKey.objects.of_last_days()) if network else []
    hold_sender(hashes, address=address, browser=browser, words=words)
    return hashes


def hashes_of_days(network, days):
    """The network under the keys of these days, as far as they are kept."""
    keys = NetworkKey.objects.kept_of(days)
    return _hashes(network, keys)


def network_from(request):
    """The network that the request came from; None when that is not known."""
    if request.META.get("newsroom.network_unknown"):
        return None
    return network_of(request.META.get("REMOTE_ADDR"))


def network_of(address: str | None) -> str | None:
    """
    The /24 or the /48 that the address is in, as `192.0.2.0/24`.

    An IPv4 address written as IPv6 is the IPv4 address. None for anything that
    is no address, such as the name of a socket.
    """
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    ip = getattr(ip, "ipv4_mapped", None) or ip
    prefix = IPV4_PREFIX if ip.version == 4 else IPV6_PREFIX
    return str(ip_network(f"{ip}/{prefix}", strict=False))


def _hashes(network, keys):
    return [_hash(network, key) for key in keys]


def _hash(network, key):
    return hmac.new(bytes(key.key), network.encode(), sha256).hexdigest()
