"""
Keyed hashes of the networks that comments come from.

A network is stored as a hash with a random key of the day. Hashes of one day show whether
two comments came from the same network; once the key is deleted, nobody can tell which
network it was.
"""

import hmac
from hashlib import sha256
from ipaddress import ip_address, ip_network

from comments.models import NetworkKey

# In bits: the part of an address that a household or an office shares.
IPV4_PREFIX = 24
IPV6_PREFIX = 48


def recent_hashes(request):
    """
    The hashes of the request's network with the keys of today and yesterday, newest first.

    Both, so that a limit does not end at midnight. Empty if the network is not known.
    """
    network = network_from(request)
    return _hashes(network, NetworkKey.objects.recent()) if network else []


def lasting_hashes(request):
    """
    The hashes of the request's network with all kept keys, newest first.

    For what a network may do only once within DAYS_KEPT. Empty if the network is not known.
    """
    network = network_from(request)
    return _hashes(network, NetworkKey.objects.kept()) if network else []


def hash_sender(network):
    """
    The hashes of the network with the keys of today and yesterday, newest first.

    Empty if the network is not known. Missing keys are created, so that two requests around
    midnight know each other. `sender_locks.lock_sender` takes the hashes.
    """
    return _hashes(network, NetworkKey.objects.of_last_days()) if network else []


def hashes_of_days(network, days):
    """The hashes of the network with the keys of these days that are still kept."""
    keys = NetworkKey.objects.kept_of(days)
    return _hashes(network, keys)


def network_from(request):
    """The network that the request came from, as `network_of` writes it; None if not known."""
    if request.META.get("newsroom.network_unknown"):
        return None
    return network_of(request.META.get("REMOTE_ADDR"))


def network_of(address: str | None) -> str | None:
    """
    The /24 (IPv4) or /48 (IPv6) network of an address, such as `192.0.2.0/24`.

    An IPv4-mapped IPv6 address counts as IPv4. None for anything that is not an IP
    address, such as the name of a socket.
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
