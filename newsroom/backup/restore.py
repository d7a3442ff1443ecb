"""Putting a backup back."""

import gzip
import hashlib
import itertools
import json
import os
import shutil
import zlib
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from newsroom.backup.archive import ArchiveReader
from newsroom.backup.database import (
    delete_what_was_made,
    prepare_empty_schema,
    set_last_keys,
    without_time_limits,
)
from newsroom.backup.errors import BackupError
from newsroom.backup.manifest import (
    LARGEST_SECRET,
    MEDIA,
    MEDIA_INDEX,
    SECRET,
    Counter,
    Outcome,
    count_nothing,
    read_manifest,
    table_member,
)
from newsroom.backup.rows import (
    MOST_BYTES,
    MOST_ROWS,
    RowParser,
    fields_of,
    kept_models,
    lines_of,
)

# In bytes: no row is longer. The largest form of the desk takes 10 MiB.
LONGEST_ROW = 64 * 1024 * 1024
# In bytes: a line of the index of originals has a name, a size and a hash.
LONGEST_INDEX_LINE = 16 * 1024
# Why a member cannot be unpacked.
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)


def restore(path: Path, *, counter: Counter = count_nothing) -> Outcome:
    """
    Put the site of a backup into this installation's empty database, storage and VAR_DIR.

    The database may be of the other kind than that of the backup. It may have no tables yet,
    or those of `migrate` and nothing in them. The backup may be of an older version: its
    rows are put into the tables of that version, and migrated afterwards.

    Files and the secret come first, then all rows in one transaction in which they are
    compared with the hashes of the backup. Whatever stops it before its end leaves the
    database empty, and it can be run again. Raises BackupError.
    """
    try:
        with path.open("rb") as file:
            archive = ArchiveReader(file)
            manifest = read_manifest(archive)
            originals = _originals(archive, manifest)
            secret = _secret(archive, manifest)
            _refuse_without_space(manifest)
            apps = prepare_empty_schema(manifest.heads)
            outcome = Outcome(missing=manifest.missing, size=path.stat().st_size)
            _restore_media(archive, originals, outcome, counter)
            if secret is not None:
                _put_secret(secret, outcome)
            _restore_rows(archive, manifest, apps, outcome, counter)
    except (OSError, DatabaseError) as error:
        raise BackupError(f"Restoring {path} failed: {error}.") from error
    _migrate()
    return outcome


def _migrate():
    """To the present version. Also makes the types and permissions of models that are new."""
    ContentType.objects.clear_cache()
    call_command("migrate", interactive=False, verbosity=0)


def _refuse_without_space(manifest):
    # Rows and indexes take about twice the length of the lines.
    rows = 2 * sum(table.length for table in manifest.tables.values())
    needed = rows if connection.vendor == "sqlite" else 0
    if isinstance(default_storage, FileSystemStorage):
        needed += manifest.originals_size
    free = shutil.disk_usage(settings.VAR_DIR).free
    if needed > free:
        raise BackupError(
            f"The site needs about {needed / 1e9:,.1f} GB, and {free / 1e9:,.1f} GB are "
            f"free for {settings.VAR_DIR}."
        )


# Files


def _originals(archive, manifest):
    """The name, size and SHA-256 of each original, after comparing the index with the archive."""
    found = {}
    with _unpacked(archive, MEDIA_INDEX, manifest.files[MEDIA_INDEX]) as file:
        while line := file.readline(LONGEST_INDEX_LINE):
            try:
                name, size, sha256 = json.loads(line)
            except ValueError as error:
                raise BackupError(f"{MEDIA_INDEX} is damaged.") from error
            if archive.size(f"{MEDIA}{name}") != size or name in found:
                raise BackupError(f"{MEDIA}{name} is damaged: its size is another one.")
            found[name] = (size, sha256)
            if len(found) > manifest.originals:
                raise BackupError(f"{MEDIA_INDEX} lists more than the manifest says.")
    there = sum(name.startswith(MEDIA) for name in archive.names())
    if not there == len(found) == manifest.originals:
        raise BackupError(f"{MEDIA_INDEX} does not list the originals that are in it.")
    return found


def _restore_media(archive, originals, outcome, counter):
    count = counter("Originals", len(originals))
    for name, (size, sha256) in originals.items():
        member = archive.open(f"{MEDIA}{name}")
        # The database is empty, so no picture of this site has the file of that name.
        if default_storage.exists(name):
            default_storage.delete(name)
        file = File(member, name=name)
        file.size = size
        try:
            kept = default_storage.save(name, file)
        except Exception as error:
            # A store has errors of its own kinds.
            raise BackupError(f"{name} could not be stored: {error}") from error
        if kept != name or member.sha256() != sha256:
            default_storage.delete(kept)
            raise BackupError(f"{MEDIA}{name} is damaged. Nothing was restored.")
        outcome.originals += 1
        outcome.originals_size += size
        count(1)


# Rows


def _restore_rows(archive, manifest, apps, outcome, counter):
    tables = {model._meta.label_lower: model for model in kept_models(apps)}
    if unknown := sorted(manifest.tables.keys() ^ tables.keys()):
        raise BackupError(
            f"The tables of {', '.join(unknown)} are not those of the backup's migrations."
        )
    total = sum(table.rows for table in manifest.tables.values())
    count = counter("Rows", total)
    with transaction.atomic():
        without_time_limits()
        delete_what_was_made(apps)
        for label, model in tables.items():
            known = manifest.tables[label]
            fields = _fields(model, known.columns)
            _insert_table(archive, model, fields, known, count)
            outcome.rows[label] = known.rows
        # Compared only when all are there: a trigger might have touched another table.
        count = counter("Comparing", total)
        for label, model in tables.items():
            known = manifest.tables[label]
            _compare(model, _fields(model, known.columns), known, count)
        set_last_keys(apps, manifest.last_keys)


def _fields(model, columns):
    fields = {field.attname: field for field in fields_of(model)}
    if sorted(fields) != sorted(columns):
        raise BackupError(
            f"{table_member(model._meta.label_lower)} has other columns than its migrations make."
        )
    return [fields[column] for column in columns]


def _insert_table(archive, model, fields, known, count):
    name = table_member(model._meta.label_lower)
    insert = _copy_rows if connection.vendor == "postgresql" else _insert_rows
    parser, done = RowParser(fields), 0
    try:
        with _unpacked(archive, name, known) as file:
            for lines in _portions(file, known, name):
                insert(model, fields, [parser.values(line) for line in lines])
                done += len(lines)
                count(len(lines))
    except (
        ValueError,
        TypeError,
        RecursionError,
        OverflowError,
        DatabaseError,
    ) as error:
        raise BackupError(
            f"{name}: the database did not take the rows after number {done:,}: {error}. "
            "Nothing was restored."
        ) from error
    if done != known.rows:
        raise BackupError(
            f"{name} has {done:,} rows, and the manifest says {known.rows:,}."
        )


def _portions(file, known, name):
    """Lines in portions of at most MOST_ROWS rows and about MOST_BYTES bytes."""
    lines, length, rows, total = [], 0, 0, 0
    while line := file.readline(LONGEST_ROW + 1):
        rows, total = rows + 1, total + len(line)
        if len(line) > LONGEST_ROW or rows > known.rows or total > known.length:
            raise BackupError(
                f"{name} is damaged: it is longer than the manifest says."
            )
        lines.append(line)
        length += len(line)
        if len(lines) == MOST_ROWS or length > MOST_BYTES:
            yield lines
            lines, length = [], 0
    if lines:
        yield lines


def _copy_rows(model, fields, rows):
    statement = f"COPY {_table(model)} ({_columns(fields)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _insert_rows(model, fields, rows):
    places = ", ".join(itertools.repeat("%s", len(fields)))
    statement = f"INSERT INTO {_table(model)} ({_columns(fields)}) VALUES ({places})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _table(model):
    return connection.ops.quote_name(model._meta.db_table)


def _columns(fields):
    return ", ".join(connection.ops.quote_name(field.column) for field in fields)


def _compare(model, fields, known, count):
    digest = hashlib.sha256()
    for lines in lines_of(model, fields):
        for line in lines:
            digest.update(line)
        count(len(lines))
    if digest.hexdigest() != known.rows_sha256:
        raise BackupError(
            f"What arrived in {model._meta.label} differs from "
            f"{table_member(model._meta.label_lower)}. Nothing was restored."
        )


@contextmanager
def _unpacked(archive, name, known):
    """The member unpacked. Raises BackupError at the end if it is not as the manifest says."""
    member = archive.open(name)
    try:
        with gzip.open(member) as file:
            yield file
    except DAMAGED as error:
        raise BackupError(
            f"{name} is damaged: {error}. Nothing was restored."
        ) from error
    if member.sha256() != known.sha256:
        raise BackupError(f"{name} is damaged. Nothing was restored.")


# Secret


def _secret(archive, manifest):
    """The secret key of the site; None if the backup has none."""
    if SECRET not in manifest.files:
        return None
    if archive.size(SECRET) > LARGEST_SECRET:
        raise BackupError(f"{SECRET} is larger than any secret.")
    member = archive.open(SECRET)
    secret = member.readall()
    if member.sha256() != manifest.files[SECRET].sha256:
        raise BackupError(f"{SECRET} is damaged. Nothing was restored.")
    return secret


def _put_secret(secret, outcome):
    """
    Keep the secret of the site where the settings look for it; an earlier one stays beside it.

    Where the environment sets SECRET_KEY, nothing is written, and a difference is told.
    """
    outcome.has_secret = True
    if secret == settings.SECRET_KEY.encode():
        return
    path = settings.VAR_DIR / SECRET
    if not path.exists() or path.read_text().strip() != settings.SECRET_KEY:
        outcome.remarks.append(
            "SECRET_KEY is set in the environment and is not that of the backup: private links "
            f"that were mailed do not work until it is. “tar xOf FILE {SECRET}” shows it."
        )
        return
    draft = path.with_name(f".{SECRET}.restored")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    path.replace(path.with_name(f"{SECRET}.before-restore"))
    draft.rename(path)
