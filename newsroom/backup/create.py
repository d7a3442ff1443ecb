"""Making a backup."""

import gzip
import hashlib
import io
import json
import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.files import locks
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models
from django.utils import timezone

from newsroom.backup.archive import PIECE, ArchiveWriter
from newsroom.backup.database import (
    applied_heads,
    apps_of_the_database,
    last_keys,
    snapshot,
)
from newsroom.backup.errors import BackupError
from newsroom.backup.manifest import (
    MANIFEST,
    MEDIA,
    MEDIA_INDEX,
    SECRET,
    Counter,
    Manifest,
    Member,
    Outcome,
    TableMember,
    count_nothing,
    product_version,
    table_member,
)
from newsroom.backup.rows import fields_of, kept_models, lines_of

# The ending of a file that is being written; its name begins with a dot.
UNFINISHED = ".unfinished"
# Level 1 takes a third of the time of level 6, for files that are a fifth larger.
COMPRESSION = 1


def back_up(
    path: Path, *, with_secret: bool = True, counter: Counter = count_nothing
) -> Outcome:
    """
    Write a backup of this site to `path`, which must not exist yet.

    The database is read in one snapshot, however much is written meanwhile. The file appears
    under its name when it is whole and on the disk, readable by its owner only. What earlier
    runs that were killed have left beside it is removed. Raises BackupError.
    """
    path = path.absolute()
    if path.exists():
        raise BackupError(f"{path} exists already. Choose another name, or delete it.")
    try:
        remove_unfinished(path.parent)
        with _draft_of(path) as file:
            outcome = _write(ArchiveWriter(file), with_secret, counter)
            outcome.size = file.tell()
        return outcome
    except OSError as error:
        raise BackupError(
            f"The backup could not be written to {path}: {error.strerror or error}."
        ) from error
    except DatabaseError as error:
        raise BackupError(f"The database could not be read: {error}") from error


def remove_unfinished(folder: Path):
    """Remove what was being written there when a process was killed."""
    for draft in folder.glob(f".*{UNFINISHED}"):
        # Gone, or somebody else's.
        with suppress(OSError), draft.open("rb+") as file:
            # A process that still writes holds this lock.
            if locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
                draft.unlink()


@contextmanager
def _draft_of(path):
    """An empty file beside the path, which takes its name when all went well."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    # For the owner only: it holds addresses of readers, and the secret.
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        with os.fdopen(descriptor, "wb+") as file:
            locks.lock(file, locks.LOCK_EX)
            yield file
        if path.exists():
            raise BackupError(f"{path} was made by somebody else meanwhile.")
        draft.rename(path)
        _sync_folder(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _sync_folder(folder):
    """Wait until the name of the new file, too, is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(archive, with_secret, counter):
    with snapshot():
        apps = apps_of_the_database()
        manifest = _begin(apps)
        names = _write_tables(archive, manifest, apps, counter)
    _write_media(archive, manifest, names, counter)
    if with_secret:
        _add(archive, manifest, SECRET, settings.SECRET_KEY.encode())
    with archive.member(MANIFEST) as member:
        member.write(manifest.to_json())
    archive.finish()
    return Outcome(
        rows={label: table.rows for label, table in manifest.tables.items()},
        originals=manifest.originals,
        originals_size=manifest.originals_size,
        missing=manifest.missing,
        has_secret=with_secret,
    )


def _begin(apps):
    return Manifest(
        made_at=timezone.now().isoformat(),
        version=product_version(),
        site=settings.SITE_URL,
        database=connection.vendor,
        heads=applied_heads(),
        last_keys=last_keys(apps),
    )


def _write_tables(archive, manifest, apps, counter):
    """Write every table. Returns the names of the files that their rows refer to, each once."""
    tables, names = kept_models(apps), {}
    count = counter("Rows", sum(model._base_manager.count() for model in tables))
    for model in tables:
        label = model._meta.label_lower
        manifest.tables[label] = _write_table(
            archive, model, table_member(label), count
        )
        names |= dict.fromkeys(_file_names(model))
    return list(names)


def _write_table(archive, model, name, count):
    fields = fields_of(model)
    digest, rows, length = hashlib.sha256(), 0, 0
    with archive.member(name) as member, _compressed(member) as file:
        for lines in lines_of(model, fields):
            content = b"".join(lines)
            digest.update(content)
            file.write(content)
            rows += len(lines)
            length += len(content)
            count(len(lines))
    return TableMember(
        size=member.size,
        sha256=member.sha256,
        columns=[field.attname for field in fields],
        rows=rows,
        length=length,
        rows_sha256=digest.hexdigest(),
    )


def _compressed(member):
    # Without a name and a time, so that the same rows make the same bytes.
    return gzip.GzipFile(
        filename="", mode="wb", fileobj=member, compresslevel=COMPRESSION, mtime=0
    )


def _file_names(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, models.FileField):
            rows = model._base_manager.exclude(**{field.attname: ""})
            yield from rows.order_by("pk").values_list(field.attname, flat=True)


def _write_media(archive, manifest, names, counter):
    """Write the originals and their index. One that is missing is noted, and stops nothing."""
    count = counter("Originals", len(names))
    index = io.BytesIO()
    with _compressed(index) as lines:
        for name in names:
            count(1)
            try:
                file = default_storage.open(name)
            except FileNotFoundError:
                manifest.missing.append(name)
                continue
            except Exception as error:
                # A store has errors of its own kinds.
                raise BackupError(f"{name} could not be read: {error}") from error
            with file, archive.member(f"{MEDIA}{name}") as member:
                while content := file.read(PIECE):
                    member.write(content)
            line = json.dumps([name, member.size, member.sha256])
            lines.write(line.encode() + b"\n")
            manifest.originals += 1
            manifest.originals_size += member.size
    _add(archive, manifest, MEDIA_INDEX, index.getvalue())


def _add(archive, manifest, name, content):
    with archive.member(name) as member:
        member.write(content)
    manifest.files[name] = Member(member.size, member.sha256)
