"""What is restored is what was backed up, from and into each kind of database and store."""

import logging
import os
import stat

import boto3
import pytest
from moto.server import ThreadedMotoServer

from newsroom.backup.archive import ArchiveReader
from newsroom.backup.rows import LEFT_OUT
from tests.newsroom.backup.conftest import (
    FILL,
    do,
    manifest_of,
    needs_postgresql,
    site_on,
)

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@pytest.mark.usefixtures("site")  # a database: the run on PostgreSQL has it as well
@pytest.mark.parametrize(
    ("source", "target"),
    [
        (SQLITE, SQLITE),
        pytest.param(SQLITE, POSTGRESQL, marks=needs_postgresql),
        pytest.param(POSTGRESQL, SQLITE, marks=needs_postgresql),
        pytest.param(POSTGRESQL, POSTGRESQL, marks=needs_postgresql),
    ],
)
def test_every_row_arrives_as_it_was(tmp_path, backup_from, source, target):
    path, again = backup_from(source), tmp_path / "again.tar"
    with site_on(target, tmp_path / "var") as site:
        said = do(
            site,
            f"""
restore(Path({str(path)!r}))
back_up(Path({str(again)!r}))
call_command("doctor")
from articles.models import Article
print("next key:", Article.objects.create(title="New").pk)
""",
        )
    old, new = manifest_of(path), manifest_of(again)
    assert old.database == source
    assert new.database == target
    empty = [label for label, table in old.tables.items() if not table.rows]
    assert not empty, "tests/newsroom/releases/fill.py makes no row for them"
    assert {label: table.rows_sha256 for label, table in new.tables.items()} == {
        label: table.rows_sha256 for label, table in old.tables.items()
    }
    assert new.last_keys == old.last_keys
    assert f"next key: {old.last_keys['articles.article'] + 1}" in said
    assert new.originals == old.originals == 2
    assert (tmp_path / "var" / "secret_key").read_bytes() == secret_in(path)


def secret_in(path):
    with path.open("rb") as file:
        return ArchiveReader(file).open("secret_key").readall()


def test_sessions_are_left_out_and_everything_else_is_kept(backup):
    kept = set(manifest_of(backup).tables)
    assert not kept & LEFT_OUT
    assert {"auth.user", "comments.comment", "articles.revision", "sites.site"} <= kept


def test_nobody_but_its_owner_can_read_it(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


@pytest.fixture
def store():
    """The environment of a site that keeps its pictures in a store that speaks S3."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    boto3.resource(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    ).Bucket("pictures").create()
    yield keys | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "S3_BUCKET": "pictures",
        "AWS_S3_ENDPOINT_URL": address,
    }
    server.stop()


@pytest.mark.skipif(
    "DATABASE_URL" in os.environ, reason="about files: one database is enough"
)
def test_pictures_go_from_a_store_into_a_folder_and_back(tmp_path, store):
    first, second = tmp_path / "first.tar", tmp_path / "second.tar"
    with site_on(SQLITE, tmp_path / "a", **store) as site:
        do(site, f"{FILL}back_up(Path({str(first)!r}))")
    with site_on(SQLITE, tmp_path / "b") as site:
        do(site, f"restore(Path({str(first)!r})); back_up(Path({str(second)!r}))")
    [*originals] = (tmp_path / "b" / "media" / "originals").rglob("*.png")
    assert len(originals) == 2
    with site_on(SQLITE, tmp_path / "c", **store) as site:
        do(
            site,
            f"""
from articles.models import Image
from django.core.files.storage import default_storage
default_storage.bucket.objects.all().delete()
restore(Path({str(second)!r}))
assert all(default_storage.exists(image.file.name) for image in Image.objects.all())
""",
        )
    [old, new] = [manifest_of(path).files["media.jsonl.gz"] for path in [first, second]]
    assert new == old
