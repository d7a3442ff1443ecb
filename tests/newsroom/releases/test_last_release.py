"""A site of the last release moves to this one, and both can run on one database meanwhile."""

import shutil

from tests.newsroom.backup.conftest import manifest_of
from tests.newsroom.conftest import ROOT, Site
from tests.newsroom.releases.conftest import BACKUP

BEGIN = """
import django; django.setup()
from pathlib import Path
from newsroom.backup.restore import restore
"""
# The test client asks, and pages name static files without the hashes of collectstatic.
CLIENT = """
import django; django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
settings.SHOW_CHANGES = True
"""
USE = f"""{CLIENT}
from tests.newsroom.releases.using import use_the_site
use_the_site()
"""
ASK = f"""{CLIENT}
from tests.newsroom.releases.addresses import wrong_answers
print("\\n".join(wrong_answers()))
"""


def done(run):
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def restored(site):
    done(site.python(f"{BEGIN}restore(Path({str(BACKUP)!r}))"))
    return site


def test_the_backup_of_the_release_has_a_row_in_every_table_and_is_small():
    tables = manifest_of(BACKUP).tables
    assert len(tables) > 60
    assert not [label for label, table in tables.items() if not table.rows]
    assert BACKUP.stat().st_size < 200_000


def test_its_site_moves_to_this_release_and_every_address_answers(site):
    restored(site)
    answers = done(site.python(ASK)).splitlines()
    assert [line for line in answers if not line.startswith("{")] == []
    done(site.python(USE))
    run = site.run("doctor")
    assert run.returncode == 0, run.printed


def test_its_code_works_on_the_schema_of_this_release(site, released):
    restored(site)
    shutil.copy(
        ROOT / "tests/newsroom/releases/using.py",
        released / "tests/newsroom/releases_using.py",
    )
    old = Site(site.folder, root=released)
    old.environment = site.environment
    done(old.python(USE.replace("releases.using", "releases_using")))
    # And this one works with what that one has written.
    done(site.python(USE))
