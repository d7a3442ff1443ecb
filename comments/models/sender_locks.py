"""
Locks that keep what one sender sends at once from being counted at once.

Two comments, reports or wishes for a mail that come at the same moment from one network,
or with one address, are taken one after the other, so that no limit is passed and nothing
is stored twice. Nobody else waits for them.
"""

from collections.abc import Iterable
from hashlib import sha256

from django.db import connection, transaction


def hold_sender(
    networks: Iterable[str],
    *,
    address: str = "",
    browser: int | None = None,
    words: str = "",
) -> None:
    """
    Until the transaction ends, let nobody else send from this network, with this address or from this browser.

    `networks` are the hashes of one network, see comments.security.networks. Where it is not known
    they are empty: then those wait for each other who send the same `words`, and all who
    give an address, for they count as one network for the mails that they can cause.
    `browser` is the key of a comment by which the browser is known: a person who moves
    between networks has one rate.
    """
    names = [f"network {one}" for one in networks]
    if not names:
        names.append(f"words {words}")
        if address:
            names.append("unknown network")
    if browser is not None:
        names.append(f"browser {browser}")
    _hold([*names, *_named([address])])


def hold_addresses(addresses: Iterable[str]) -> None:
    """Until the transaction ends, let nobody else send with these addresses."""
    _hold(_named(addresses))


def _named(addresses):
    return [f"address {address.lower()}" for address in addresses if address]


def _hold(names):
    """
    Take the locks of PostgreSQL with these names, to be called once and before any other lock.

    On SQLite, a transaction is the only one that writes from its beginning to its end.
    Raises TransactionManagementError outside of a transaction, where nothing would be held.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A lock needs a transaction.")
    if connection.vendor != "postgresql" or not names:
        return
    # In one order for everybody, so that no two wait for each other.
    keys = sorted({_key(name) for name in names})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys]
        )


def _key(name):
    """A lock is named by a number of 64 bits."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
