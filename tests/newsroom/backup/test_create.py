"""Making a backup: killed, on a full disk, and while the site is written to."""

import os
import signal
import stat
import subprocess
import sys

import pytest
from django.core.files import locks
from django.core.management import CommandError, call_command

from newsroom.backup import create
from newsroom.backup.create import back_up
from newsroom.backup.errors import BackupError
from tests.newsroom.backup.conftest import BEGIN, do, manifest_of, site_on
from tests.newsroom.conftest import wait_until

DIE = """
import os, signal
from newsroom.backup import create
create._write_media = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
back_up(Path({path!r}))
"""


def test_a_process_that_is_killed_leaves_nothing_under_the_name(ready_site, tmp_path):
    path = tmp_path / "backups" / "site.tar"
    path.parent.mkdir()
    run = ready_site.python(BEGIN + DIE.format(path=str(path)))
    assert run.returncode == -signal.SIGKILL
    [unfinished] = path.parent.iterdir()
    assert unfinished.name.startswith(".site.tar.")
    assert stat.S_IMODE(unfinished.stat().st_mode) == 0o600
    assert unfinished.stat().st_size > 10_000
    run = ready_site.run("backup", path)
    assert run.returncode == 0, run.complaints
    assert list(path.parent.iterdir()) == [path]


def test_what_another_process_still_writes_is_left_alone(tmp_path):
    dead, alive = tmp_path / ".a.tar.1.unfinished", tmp_path / ".b.tar.2.unfinished"
    dead.touch()
    with alive.open("wb") as file:
        locks.lock(file, locks.LOCK_EX)
        create.remove_unfinished(tmp_path)
        assert list(tmp_path.iterdir()) == [alive]


def test_an_existing_file_is_not_overwritten(db, tmp_path):
    path = tmp_path / "site.tar"
    path.write_bytes(b"precious")
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", path)
    assert path.read_bytes() == b"precious"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has this device")
def test_a_full_disk_is_told_and_leaves_nothing(
    transactional_db, tmp_path, monkeypatch
):
    def on_full_disk(draft, *args, **kwargs):
        draft.touch()
        return os.open("/dev/full", os.O_RDWR)

    class Os:
        """The module `os`, with a disk that is full."""

        def __getattr__(self, name):
            return on_full_disk if name == "open" else getattr(os, name)

    monkeypatch.setattr(create, "os", Os())
    with pytest.raises(BackupError, match="could not be written"):
        back_up(tmp_path / "site.tar")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(transactional_db, tmp_path):
    with pytest.raises(BackupError, match="No such file"):
        back_up(tmp_path / "missing" / "site.tar")


def test_without_the_secret_it_says_what_is_lost(transactional_db, tmp_path, capsys):
    path = tmp_path / "site.tar"
    call_command("backup", path, without_secret=True)
    assert "every private link that was mailed is dead" in capsys.readouterr().out
    assert "secret_key" not in manifest_of(path).files


# Two rows in each transaction: a comment, and a note with its number.
WRITE = """
from django.db import transaction
from django.utils import timezone
from articles.models import Article
from comments.models import Comment, Report
import time
article = Article.objects.create(title="Written to")
print("began", flush=True)
slowest, number, began = 0, 0, time.monotonic()
while not Path({stop!r}).exists():
    at = time.monotonic()
    with transaction.atomic():
        comment = Comment.objects.create(article=article, name="N", body=f"Number {{number}}")
        Report.objects.create(comment=comment, reason="abuse", network=str(number))
    number += 1
    slowest = max(slowest, time.monotonic() - at)
    Path({count!r}).write_text(str(number))
    time.sleep(max(0, began + number / 50 - time.monotonic()))
print("slowest:", slowest)
"""
MANY = """
from articles.models import Article
from comments.models import Comment
article = Article.objects.create(title="Much discussed")
Comment.objects.bulk_create(
    Comment(article=article, name="N", body=f"Remark {number} " * 20) for number in range(15_000)
)
"""
COUNT = """
from comments.models import Comment, Report
written = Comment.objects.filter(article__title="Written to").order_by("pk")
numbers = [int(body.split()[1]) for body in written.values_list("body", flat=True)]
reports = [int(network) for network in Report.objects.order_by("pk").values_list("network", flat=True)]
assert numbers == reports == list(range(len(numbers))), (numbers[-3:], reports[-3:])
print("rows:", len(numbers))
"""


def test_a_backup_while_the_site_is_written_to_is_of_one_moment(
    ready_site, tmp_path, this_kind
):
    stop, count, path = tmp_path / "stop", tmp_path / "count", tmp_path / "site.tar"
    do(ready_site, MANY)
    writer = subprocess.Popen(
        [sys.executable, "-c", BEGIN + WRITE.format(stop=str(stop), count=str(count))],
        cwd=ready_site.root,
        env=ready_site.environment | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: count.exists() and count.read_text() > "")
    said = do(
        ready_site,
        f"""
count = Path({str(count)!r})
before = int(count.read_text() or 0)
back_up(Path({str(path)!r}))
print(before, int(count.read_text() or 0))
""",
    )
    before, after = map(int, said.split())
    stop.touch()
    printed, complaints = writer.communicate(timeout=60)
    assert writer.returncode == 0, complaints
    # The writer did not wait for the backup.
    assert after - before > 5
    with site_on(this_kind, tmp_path / "var2") as other:
        said = do(other, f"restore(Path({str(path)!r}))\n{COUNT}")
    found = int(said.rpartition("rows: ")[2])
    assert before <= found <= after
