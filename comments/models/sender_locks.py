"""
Locks that handle the requests of one sender one after the other.

Two comments, reports or mail requests that arrive at the same moment from one network or
with one address wait for each other, so that no limit is exceeded and nothing is stored
twice. Requests of other senders do not wait.
"""

from collections.abc import Iterable
from hashlib import sha256

from django.db import connection, transaction


def lock_sender(
    networks: Iterable[str],
    *,
    address: str = "",
    browser: int | None = None,
    words: str = "",
) -> None:
    """
    Lock this network, address and browser until the transaction ends.

    `networks` are the hashes of one network, see comments.security.networks; empty if it is
    not known. Then senders of the same `words` wait for each other, and so do all who give
    an address, because they share one limit of mails. `browser` is the key of a comment that
    the same browser wrote, so that a person who changes networks keeps one limit.
    """
    names = [f"network {one}" for one in networks]
    if not names:
        names.append(f"words {words}")
        if address:
            names.append("unknown network")
    if browser is not None:
        names.append(f"browser {browser}")
    _hold([*names, *_named([address])])


def lock_addresses(addresses: Iterable[str]) -> None:
    """Lock these email addresses until the transaction ends."""
    _hold(_named(addresses))


def _named(addresses):
    return [f"address {address.lower()}" for address in addresses if address]


def _hold(names):
    """
    Take PostgreSQL's advisory locks with these names, once and before any other lock.

    SQLite needs none, because a transaction there is the only writer. Raises
    TransactionManagementError outside a transaction, where a lock would not last.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A lock needs a transaction.")
    if connection.vendor != "postgresql" or not names:
        return
    # Always in the same order, so that there is no deadlock.
    keys = sorted({_key(name) for name in names})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys]
        )


def _key(name):
    """The 64-bit number by which PostgreSQL knows the lock."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
