"""What `restore` refuses: nothing of it is restored, and the sentence names what is wrong."""

import gzip
import hashlib
import json

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from comments.models import Comment
from newsroom.backup import manifest as manifests
from newsroom.backup import restore as restoring
from newsroom.backup.archive import ArchiveReader
from newsroom.backup.errors import BackupError
from newsroom.backup.restore import restore
from tests.factories import make_user
from tests.newsroom.backup.conftest import manifest_of, rewritten

COMMENTS = "tables/comments.comment.jsonl.gz"


def said(path):
    return json.loads(manifest_of(path).to_json())


def with_manifest(path, to, change, members=()):
    """The backup with a manifest that `change` has changed, and with other members."""
    new = said(path)
    change(new)
    return rewritten(
        path, to, {"manifest.json": json.dumps(new).encode()} | dict(members)
    )


def with_lines(path, to, lines, *, table="comments.comment"):
    """The backup with these lines of the table, and a manifest that fits."""
    content = b"".join(lines)
    packed = gzip.compress(content)

    def change(manifest):
        manifest["tables"][table] |= {
            "rows": len(lines),
            "length": len(content),
            "size": len(packed),
            "sha256": hashlib.sha256(packed).hexdigest(),
            "rows_sha256": hashlib.sha256(content).hexdigest(),
        }

    return with_manifest(path, to, change, {manifests.table_member(table): packed})


def lines_in(path, *, table="comments.comment"):
    with path.open("rb") as file:
        packed = ArchiveReader(file).open(manifests.table_member(table)).readall()
    return gzip.decompress(packed).splitlines(keepends=True)


@pytest.fixture
def to(tmp_path):
    return tmp_path / "changed.tar"


def refused(path, match):
    with pytest.raises(BackupError, match=match):
        restore(path)
    assert not User.objects.exists()
    assert not Comment.objects.exists()


def test_a_backup_is_restored_into_the_tables_of_migrate(db, backup):
    restore(backup)
    assert User.objects.filter(username="chief").exists()
    assert Comment.objects.count() == 3


def test_a_database_that_is_not_empty(db, backup):
    make_user()
    with pytest.raises(CommandError, match="not empty: there are rows of auth.User"):
        call_command("restore", backup)
    assert User.objects.count() == 1


def test_a_backup_of_a_newer_version(db, backup, to):
    def change(manifest):
        manifest["heads"] = [
            ["comments", "9999_later"] if app == "comments" else [app, name]
            for app, name in manifest["heads"]
        ]

    path = with_manifest(backup, to, change)
    refused(path, r"made by a newer version.*comments\.9999_later")


def test_a_format_of_later(db, backup, to):
    path = with_manifest(backup, to, lambda manifest: manifest.update(format=2))
    refused(path, "has the format 2, and this version reads 1")


@pytest.mark.parametrize(
    "name", ["manifest.json", COMMENTS, "media.jsonl.gz", "secret_key"]
)
def test_a_member_that_is_missing(db, backup, to, name):
    refused(rewritten(backup, to, {name: None}), f"manifest|{name}")


def test_an_original_that_is_missing(db, backup, to):
    with backup.open("rb") as file:
        name = next(
            each for each in ArchiveReader(file).names() if each.startswith("media/")
        )
    refused(rewritten(backup, to, {name: None}), name)
    flipped = rewritten(backup, to, {name: b"\0" * size_of(backup, name)})
    refused(flipped, f"{name} is damaged")


def size_of(path, name):
    with path.open("rb") as file:
        return ArchiveReader(file).size(name)


def test_a_member_with_a_flipped_bit(db, backup, to):
    at = backup.read_bytes().index(COMMENTS.encode()) + 512
    content = bytearray(backup.read_bytes())
    content[at + 200] ^= 1
    to.write_bytes(content)
    refused(to, "comments.comment.*damaged")


def test_a_member_that_nobody_names(db, backup, to):
    refused(rewritten(backup, to, {"extra": b"x"}), "extra is in it")


def test_rows_that_the_database_does_not_take(db, backup, to):
    path = with_lines(backup, to, [b'["no number"]\n'])
    refused(path, f"{COMMENTS}: the database did not take")


def test_rows_that_arrive_differently(db, backup, to):
    lines = lines_in(backup)
    # A line that the database takes, and that is not as a backup writes it.
    path = with_lines(backup, to, [lines[0].replace(b"[", b"[ ", 1), *lines[1:]])
    refused(path, "What arrived in comments.Comment differs")


def test_more_rows_than_the_manifest_says(db, backup, to):
    lines = lines_in(backup)
    packed = gzip.compress(b"".join(lines) + b"[]\n" * 10**6)

    def change(manifest):
        manifest["tables"]["comments.comment"] |= {
            "size": len(packed),
            "sha256": hashlib.sha256(packed).hexdigest(),
        }

    path = with_manifest(backup, to, change, {COMMENTS: packed})
    refused(path, f"{COMMENTS} is damaged: it is longer than the manifest says")


def test_a_line_without_an_end(db, backup, to, monkeypatch):
    monkeypatch.setattr(restoring, "LONGEST_ROW", 10_000)
    path = with_lines(backup, to, [b"[" + b" " * 20_000 + b"]\n"])
    refused(path, "longer")


def test_a_manifest_that_is_too_large(db, backup, monkeypatch):
    monkeypatch.setattr(manifests, "LARGEST_MANIFEST", 1000)
    refused(backup, "larger than that of any backup")


def test_more_than_the_disk_takes(db, backup, to):
    path = with_manifest(
        backup,
        to,
        lambda manifest: manifest["tables"]["comments.comment"].update(length=10**18),
    )
    if connection.vendor == "sqlite":
        refused(path, "GB are free")


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("heads"),
        lambda manifest: manifest.update(tables=[]),
        lambda manifest: manifest.update(heads=[1]),
        lambda manifest: manifest["tables"]["comments.comment"].update(rows=-1),
        lambda manifest: manifest["tables"]["comments.comment"].update(sha256="x"),
        lambda manifest: manifest["tables"]["comments.comment"].update(more=1),
        lambda manifest: manifest["last_keys"].update(x={}),
    ],
)
def test_a_manifest_that_is_none(db, backup, to, change):
    refused(with_manifest(backup, to, change), "manifest.json is not as")


def test_a_file_that_is_no_backup(db, to):
    to.write_bytes(b"no backup")
    refused(to, "no backup")


def test_a_file_that_is_not_there(db, to):
    refused(to, "No such file")
