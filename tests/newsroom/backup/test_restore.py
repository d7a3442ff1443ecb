"""Restoring again after it was stopped, and into a database of another version."""

import json
import signal

from tests.newsroom.backup.conftest import BEGIN, do, manifest_of
from tests.newsroom.backup.test_refusals import lines_in, with_lines, with_manifest

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


def test_an_older_backup_goes_into_a_database_that_is_migrated_further(
    ready_site, backup, tmp_path
):
    # Of a version that had no keys of names yet; the migration after it makes them.
    def change(manifest):
        heads = dict(manifest["heads"]) | {"articles": "0008_a_key_for_each_name"}
        manifest["heads"] = sorted(heads.items())

    at = manifest_of(backup).tables["articles.tag"].columns.index("key")
    rows = [json.loads(line) for line in lines_in(backup, table="articles.tag")]
    assert rows
    for row in rows:
        row[at] = None
    lines = [
        json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for row in rows
    ]
    keyless = with_lines(backup, tmp_path / "keyless.tar", lines, table="articles.tag")
    older = with_manifest(keyless, tmp_path / "older.tar", change)
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
