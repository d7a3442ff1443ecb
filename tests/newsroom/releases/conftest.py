"""The code of the last release, taken out of the history of this checkout."""

import os
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.newsroom.conftest import ROOT

HERE = Path(__file__).parent
# A backup of a small site that the last release has made; make.py makes it.
BACKUP = HERE / "0.1.0.tar"
LAST_RELEASE = (HERE / "last_release.txt").read_text().strip()


def take_out(commit, folder):
    """Write the files of the commit into the folder. Raises LookupError without its history."""
    # Not what Git itself sets for its hooks, which would name another checkout.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_")
    }
    run = subprocess.run(
        ["git", "-C", ROOT, "archive", "--format=tar", commit],
        capture_output=True,
        env=environment,
    )
    if run.returncode != 0:
        raise LookupError(run.stderr.decode())
    with tarfile.open(fileobj=BytesIO(run.stdout)) as tar:
        tar.extractall(folder, filter="data")


@pytest.fixture
def released(tmp_path):
    """The folder with the code of the last release."""
    folder = tmp_path / "released"
    try:
        take_out(LAST_RELEASE, folder)
    except (LookupError, FileNotFoundError) as error:
        pytest.skip(f"this checkout has no history of {LAST_RELEASE[:9]}: {error}")
    return folder
