"""What a backup must know of the database beside its rows: moments, migrations, last keys."""

from contextlib import contextmanager

from django.apps import apps as current_apps
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from newsroom.backup.errors import BackupError
from newsroom.backup.rows import LEFT_OUT, kept_models

# What `migrate` and a server that runs put into an empty database. Nobody has written it, because
# who writes needs an account, and accounts are not among it. A restore replaces it.
MADE_BY_ITSELF = [
    "auth.group_permissions",
    "auth.group",
    "auth.permission",
    "flatpages.flatpage_sites",
    "flatpages.flatpage",
    "sites.site",
    "contenttypes.contenttype",
    "comments.networkkey",
    "newsroom.ticking",
]
# Apps of which nothing is kept: their tables may be there or not.
APPS_LEFT_OUT = {label.partition(".")[0] for label in LEFT_OUT} - {"newsroom"}


@contextmanager
def snapshot():
    """Everything that is read inside is the database of one moment; no writer waits for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
            without_time_limits()
            yield
        return
    # A plain BEGIN, because the immediate one of the settings would take the lock of the writers.
    connection.ensure_connection()
    usual, connection.transaction_mode = connection.transaction_mode, None
    try:
        with transaction.atomic():
            yield
    finally:
        connection.transaction_mode = usual


def without_time_limits():
    """For this transaction, lift the limits that are meant for requests."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for limit in ["statement_timeout", "idle_in_transaction_session_timeout"]:
                cursor.execute(f"SET LOCAL {limit} = 0")


def applied_heads() -> list[tuple[str, str]]:
    """
    The newest applied migrations of each app that a backup keeps something of.

    Raises BackupError if a newer version has migrated the database.
    """
    loader = MigrationExecutor(connection).loader
    applied = set(loader.applied_migrations)
    refuse_unknown(applied, loader, what="The database was migrated")
    return sorted(
        node
        for node in applied
        if node[0] not in APPS_LEFT_OUT
        and node in loader.graph.nodes
        and not any(
            child.key in applied and child.key[0] == node[0]
            for child in loader.graph.node_map[node].children
        )
    )


def apps_of_the_database():
    """
    The apps with the models that the tables here are of.

    Those of the code, unless migrations are missing: `upgrade` makes a backup before it
    migrates, when the code is newer than the tables.
    """
    executor = MigrationExecutor(connection)
    loader = executor.loader
    if not executor.migration_plan(loader.graph.leaf_nodes()):
        return current_apps
    return loader.project_state(_known(loader)).apps


def _known(loader):
    return [node for node in loader.applied_migrations if node in loader.graph.nodes]


def refuse_unknown(migrations, loader, *, what):
    """Raise BackupError if one of the migrations, of an app that is installed, is not known here."""
    unknown = [
        f"{app}.{name}"
        for app, name in sorted(migrations)
        if (app, name) not in loader.disk_migrations
        and app in loader.migrated_apps
        and not _is_replaced(app, name, loader)
    ]
    if unknown:
        raise BackupError(
            f"{what} by a newer version: this one does not know {', '.join(unknown)}. "
            "Install that version first."
        )


def _is_replaced(app, name, loader):
    return any(
        (app, name) in squashed.replaces for squashed in loader.replacements.values()
    )


def prepare_empty_schema(heads: list[tuple[str, str]]):
    """
    Bring the empty database to exactly these migrations. Returns the apps of that state.

    A database without tables gets them. One with tables of another version gets new ones.
    Raises BackupError if the database is not empty, or a migration is not known here.
    """
    loader = MigrationExecutor(connection).loader
    refuse_unknown(heads, loader, what="The backup was made")
    missing_apps = sorted({app for app, _ in heads} - loader.migrated_apps)
    if missing_apps:
        raise BackupError(
            f"The backup holds tables of {', '.join(missing_apps)}, which is not installed here."
        )
    if loader.applied_migrations:
        found = applied_heads()
        tables = loader.project_state(_known(loader)).apps
        _refuse_unless_empty(tables)
        if found != sorted(heads):
            _drop_tables(tables)
    MigrationExecutor(connection).migrate(heads)
    return MigrationExecutor(connection).loader.project_state(heads).apps


def _refuse_unless_empty(apps):
    there = set(connection.introspection.table_names())
    for model in kept_models(apps):
        is_made = model._meta.label_lower in MADE_BY_ITSELF
        if (
            not is_made
            and model._meta.db_table in there
            and model._base_manager.exists()
        ):
            raise BackupError(
                f"The database is not empty: there are rows of {model._meta.label}. "
                "Restore into an empty one, so that nothing is overwritten."
            )


def _drop_tables(apps):
    """Drop the tables of an empty database, because its version is not that of the backup."""
    recorder = MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        for model in [*apps.get_models(include_auto_created=True), recorder.Migration]:
            if model._meta.managed and not model._meta.proxy:
                ending = " CASCADE" if connection.vendor == "postgresql" else ""
                table = connection.ops.quote_name(model._meta.db_table)
                editor.execute(f"DROP TABLE IF EXISTS {table}{ending}")


def delete_what_was_made(apps):
    """Delete the rows of MADE_BY_ITSELF, in that order."""
    tables = {
        model._meta.label_lower: model._meta.db_table for model in kept_models(apps)
    }
    with connection.cursor() as cursor:
        for label in MADE_BY_ITSELF:
            if label in tables:
                table = connection.ops.quote_name(tables[label])
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def last_keys(apps) -> dict[str, int]:
    """The last key that each table has given, so that none is given a second time."""
    found = {}
    with connection.cursor() as cursor:
        for model in _numbered(apps):
            table, column = model._meta.db_table, model._meta.pk.column
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column]
                )
                [sequence] = cursor.fetchone()
                cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608
                last, is_called = cursor.fetchone()
                last = last if is_called else 0
            else:
                cursor.execute(
                    "SELECT seq FROM sqlite_sequence WHERE name = %s", [table]
                )
                [last] = cursor.fetchone() or [0]
            found[model._meta.label_lower] = last
    return found


def set_last_keys(apps, last: dict[str, int]):
    """Let each table give keys above `last` and above those of its rows."""
    with connection.cursor() as cursor:
        for model in _numbered(apps):
            table, column = model._meta.db_table, model._meta.pk.column
            highest = model._base_manager.aggregate(models.Max("pk"))["pk__max"] or 0
            key = max(last.get(model._meta.label_lower, 0), highest)
            if key == 0:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                    [f'"{table}"', column, key],
                )
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)",
                    [table, key],
                )


def _numbered(apps):
    return [
        model
        for model in kept_models(apps)
        if isinstance(model._meta.pk, models.AutoField)
    ]
