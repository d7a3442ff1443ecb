"""
Make the backup of a small site as a release writes it, for the tests of migrations.

    uv run python -m tests.newsroom.releases.make 7e33eea tests/newsroom/releases/0.1.0.tar

The code of the release migrates a database, and its own factories fill it. 0.1.0 has no `backup`
yet: today's package is put beside its code for that. For a release that has one, its own is used.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.newsroom.conftest import ROOT, Site
from tests.newsroom.releases.conftest import take_out

MAKE = """
import django; django.setup()
import sys
from pathlib import Path
from django.core.management import call_command
from newsroom.backup.create import back_up
from tests.newsroom.releases.fill import fill_every_table
call_command("migrate", verbosity=0)
fill_every_table()
call_command("doctor")
back_up(Path({path!r}))
"""


def make(commit, path):
    with tempfile.TemporaryDirectory() as folder:
        released = Path(folder, "released")
        take_out(commit, released)
        places = ["tests/newsroom/releases/fill.py"]
        if not (released / "newsroom" / "backup").is_dir():
            places.append("newsroom/backup")
        for place in places:
            target = released / place
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / place).is_dir() else shutil.copy
            copy(ROOT / place, target)
        site = Site(Path(folder, "var"), root=released)
        run = site.python(MAKE.format(path=str(Path(path).resolve())))
        sys.stderr.write(run.stdout + run.stderr)
        return run.returncode


if __name__ == "__main__":
    sys.exit(make(*sys.argv[1:]))
