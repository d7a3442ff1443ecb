"""Backups of a site with a row in every table, from each kind of database, made once."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsroom.backup.archive import ArchiveReader, ArchiveWriter
from newsroom.backup.manifest import read_manifest
from tests.newsroom.conftest import Site, made_once, new_database

# In one process, because each start of Django takes seconds.
BEGIN = """
import django; django.setup()
from pathlib import Path
from django.core.management import call_command
from newsroom.backup.create import back_up
from newsroom.backup.restore import restore
"""
FILL = f"""{BEGIN}
from tests.newsroom.releases.fill import fill_every_table
call_command("migrate", verbosity=0)
fill_every_table()
"""

needs_postgresql = pytest.mark.skipif(
    "DATABASE_URL" not in os.environ, reason="in the run on PostgreSQL"
)


def do(site, code, **environment):
    """Run the code on the site after BEGIN; what it prints."""
    run = site.python(BEGIN + code, **environment)
    assert run.returncode == 0, run.stderr
    return run.stdout


@contextmanager
def site_on(kind, folder, **environment):
    """A site on SQLite or PostgreSQL, with nothing in it yet."""
    if kind == "sqlite":
        yield Site(folder, **environment)
        return
    with new_database(os.environ["DATABASE_URL"]) as address:
        yield Site(folder, DATABASE_URL=address, **environment)


@pytest.fixture(scope="session")
def backup_from(tmp_path_factory):
    """The path of a backup of a filled site on that kind of database."""

    def backup_from(kind):
        def make(folder):
            folder.mkdir()
            with site_on(kind, folder / "var") as site:
                path = folder / "site.tar"
                run = site.python(f"{FILL}back_up(Path({str(path)!r}))")
                assert run.returncode == 0, run.stderr

        return made_once(tmp_path_factory, f"backup-{kind}", make) / "site.tar"

    return backup_from


@pytest.fixture
def this_kind():
    return "postgresql" if "DATABASE_URL" in os.environ else "sqlite"


@pytest.fixture
def backup(backup_from, this_kind):
    """The path of a backup from the kind of database that this run is about."""
    return backup_from(this_kind)


def manifest_of(path):
    with path.open("rb") as file:
        return read_manifest(ArchiveReader(file))


def rewritten(path, to, changes):
    """Write the archive again with other contents of some members; None leaves one out."""
    with path.open("rb") as old, Path(to).open("wb+") as new:
        reader, writer = ArchiveReader(old), ArchiveWriter(new)
        contents = {name: reader.open(name).readall() for name in reader.names()}
        for name, content in (contents | changes).items():
            if content is not None:
                with writer.member(name) as member:
                    member.write(content)
        writer.finish()
    return Path(to)
