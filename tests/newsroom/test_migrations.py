"""Migrations that have landed stay as they are, and lead from any earlier schema to today's."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

LANDED = Path(__file__).with_name("landed_migrations.txt")
# The last migrations of 0.1.0, in the order in which they can be applied.
OF_0_1_0 = [("articles", "0002"), ("comments", "0002"), ("newsroom", "0001")]


def digests():
    """The SHA-256 of every migration of our apps, by its path."""
    return {
        str(path.relative_to(settings.BASE_DIR)): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for app in ["articles", "comments", "newsroom"]
        for path in (settings.BASE_DIR / app / "migrations").glob("0*.py")
    }


def landed():
    lines = LANDED.read_text().splitlines()
    return {path: digest for digest, path in (line.split() for line in lines)}


def test_no_migration_that_has_landed_was_changed_or_removed():
    found = digests()
    changed = [path for path, digest in landed().items() if found.get(path) != digest]
    assert not changed, f"Put back {', '.join(changed)}, and add a migration instead."


def test_every_migration_is_in_the_list_of_those_that_have_landed():
    missing = sorted(digests().items() - landed().items())
    assert not missing, "Add to landed_migrations.txt:\n" + "\n".join(
        f"{digest} {path}" for path, digest in missing
    )


@pytest.fixture
def old_site(site):
    """A site on the schema of 0.1.0, as its own migrations make it."""
    do(site, *MAKE_0_1_0)
    return site


def do(site, *commands):
    """Run the commands of manage.py one after the other, in one process; what they print."""
    lines = [f"call_command({', '.join(map(repr, words))})" for words in commands]
    run = site.python(
        "import django; django.setup(); "
        "from django.core.management import call_command; " + "; ".join(lines)
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


# After Django's own apps: those have longer names for permissions only in the end.
MAKE_0_1_0 = [
    ("migrate", "-v0", *names) for names in [["auth"], ["flatpages"], *OF_0_1_0]
]
SCHEMA = (
    "from django.db import connection; "
    "from newsroom.database_schema import describe; "
    "print('\\n'.join(describe(connection)))"
)
# As before 0.1.0: other migrations are known to have made the same schema.
FORGET = (
    "from django.db import connection; "
    "from django.db.migrations.recorder import MigrationRecorder; "
    "applied = MigrationRecorder(connection).migration_qs; "
    "applied.filter(app__in=['articles', 'comments', 'newsroom']).delete(); "
    "[applied.create(app=app, name='0001_old') for app in ['articles', 'comments']]"
)


def test_a_database_from_before_0_1_0_is_carried_over_as_the_guide_says(old_site):
    old_site.shell(FORGET)
    said = do(
        old_site,
        ["check_schema"],
        *(["migrate", "-v0", "--fake", app, name] for app, name in OF_0_1_0),
        ["migrate", "-v0"],
        ["migrate", "-v0", "articles", "--prune"],
        ["makemigrations", "--check"],
    )
    assert "The schema of this database is that of 0.1.0." in said
    made = "from tests.factories import *; print(make_shown_comment().is_shown)"
    assert old_site.shell(made) == "True"


def test_a_schema_that_differs_is_told_line_by_line(old_site):
    old_site.shell(
        "from django.db import connection; "
        "connection.cursor().execute('ALTER TABLE articles_person ADD COLUMN extra integer')"
    )
    run = old_site.run("check_schema")
    assert run.returncode == 1
    assert "articles_person" in run.printed
    assert "Do not fake migrations" in run.complaints


def test_going_back_and_forth_leads_to_the_same_schema(old_site):
    do(old_site, ["migrate", "-v0"])
    newest = old_site.shell(SCHEMA)
    do(old_site, *reversed(MAKE_0_1_0[2:]), ["migrate", "-v0"])
    assert old_site.shell(SCHEMA) == newest
