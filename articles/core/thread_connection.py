"""The database connection of a thread that Django knows nothing of."""

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


def close_connection_of_thread(
    connection: BaseDatabaseWrapper = connection,
) -> None:
    """
    Close the connection of the running thread, at its end. Nothing else does.

    Django's own method leaves a connection to an SQLite database in memory open.
    """
    raw = connection.connection
    connection.close()
    if raw is not None and connection.vendor == "sqlite":
        raw.close()
        connection.connection = None
