"""Restoring again after it was stopped, and into a database of another version."""

import json
import signal

from newsroom.backup.manifest import table_member
from tests.newsroom.backup.conftest import BEGIN, do, manifest_of
from tests.newsroom.backup.test_refusals import lines_in, with_lines, with_manifest

# What the older version did not have yet: columns, which stand in order, and tables.
ADDED = {
    "articles.article": ["translation_of_id", "translated_from_id", "form_key"],
    "articles.unsaved": ["key"],
}
ADDED_TABLES = ["newsroom.savedfilter"]
DIE = """
import os, signal
from newsroom.backup import restore as restoring
restoring.set_last_keys = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
restore(Path({path!r}))
"""


def test_killed_while_it_restores_it_can_be_run_again(ready_site, backup):
    run = ready_site.python(BEGIN + DIE.format(path=str(backup)))
    assert run.returncode == -signal.SIGKILL, run.stderr
    run = ready_site.run("restore", backup)
    assert run.returncode == 0, run.complaints
    assert "restored: comments.comment: 3 rows" in run.printed
    assert "restored: originals: 2 files" in run.printed
    assert "right: counts of shown comments: Nothing is wrong." in run.printed
    # The restored key is in use now; the one that was made first stays beside it.
    assert (ready_site.folder / "secret_key.before-restore").exists()


def _lines(rows):
    return [
        json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for row in rows
    ]


def _tags_without_keys(backup):
    at = manifest_of(backup).tables["articles.tag"].columns.index("key")
    rows = [json.loads(line) for line in lines_in(backup, table="articles.tag")]
    for row in rows:
        row[at] = None
    return _lines(rows)


def _without_added_columns(backup, table):
    columns = manifest_of(backup).tables[table].columns
    left_out = {columns.index(name) for name in ADDED[table]}
    rows = [json.loads(line) for line in lines_in(backup, table=table)]
    return _lines(
        [value for at, value in enumerate(row) if at not in left_out] for row in rows
    )


def test_an_older_backup_goes_into_a_database_that_is_migrated_further(
    ready_site, backup, tmp_path
):
    # Of a version that had no keys of names and no translations yet; its migrations make them.
    def change(manifest):
        heads = dict(manifest["heads"]) | {
            "articles": "0008_a_key_for_each_name",
            "comments": "0005_detach_unproven_comments",
            "newsroom": "0008_desk_preferences",
        }
        manifest["heads"] = sorted(heads.items())
        for table, names in ADDED.items():
            columns = manifest["tables"][table]["columns"]
            for name in names:
                columns.remove(name)
        for table in ADDED_TABLES:
            del manifest["tables"][table]

    older = backup
    for table, lines in [
        ("articles.tag", _tags_without_keys(backup)),
        *((table, _without_added_columns(backup, table)) for table in ADDED),
    ]:
        assert lines
        older = with_lines(older, tmp_path / f"{table}.tar", lines, table=table)
    left_out = {table_member(table): None for table in ADDED_TABLES}
    older = with_manifest(older, tmp_path / "older.tar", change, left_out)
    said = do(
        ready_site,
        f"""
restore(Path({str(older)!r}))
call_command("migrate", check_unapplied=True)
from articles.models import Article, Tag
print("articles:", Article.objects.filter(slug="the-visible-one").count())
print("without a key:", Tag.objects.filter(key=None).count())
""",
    )
    assert "articles: 1" in said
    assert "without a key: 0" in said


def test_a_key_in_the_environment_that_is_another_one_is_told(ready_site, backup):
    (ready_site.folder / "secret_key").unlink(missing_ok=True)
    run = ready_site.run("restore", backup, SECRET_KEY="another key of the environment")
    assert run.returncode == 0, run.complaints
    assert "to do: secret key: SECRET_KEY is set in the environment" in run.printed
    assert not (ready_site.folder / "secret_key").exists()
