"""
Put each deliberate fault into the code, run its tests, and say which nobody caught.

    uv run python -m tests.mutants.run              all of them, on SQLite
    uv run python -m tests.mutants.run pagination   those in files of that name

Works in a copy of the tracked files, so the checkout stays as it is. Exits with 1 when a
fault was not caught, or when its text does not stand in the code any more.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]
# In seconds: a fault that makes a test loop for ever counts as caught.
LONGEST = 300


def copy_of_the_project(folder):
    names = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)


def is_caught(fault, folder):
    """Whether a test fails with the fault; None when its text stands there not exactly once."""
    path = folder / fault.file
    before = path.read_text()
    if before.count(fault.right) != 1:
        return None
    path.write_text(before.replace(fault.right, fault.wrong))
    try:
        run = subprocess.run(
            [
                *[sys.executable, "-m", "pytest", "--database", "sqlite", "-n", "0"],
                *["-q", "-x", "-m", "not browser and not benchmark"],
                *fault.tests.split(),
            ],
            cwd=folder,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"},
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
        # 1: a test failed. Others: no test ran, or none was found.
        return run.returncode == 1
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(before)


def main(wanted):
    faults = [fault for fault in FAULTS if not wanted or wanted in fault.file]
    escaped = 0
    with tempfile.TemporaryDirectory(prefix="newsroom-mutants-") as name:
        folder = Path(name)
        copy_of_the_project(folder)
        for fault in faults:
            caught = is_caught(fault, folder)
            word = {True: "caught", False: "ESCAPED", None: "NOT THERE"}[caught]
            escaped += caught is not True
            line = (fault.wrong or f"without {fault.right}").strip().splitlines()[0]
            print(f"{word:9} {fault.file}: {line.strip()}", flush=True)  # noqa: T201
    print(f"{len(faults) - escaped} of {len(faults)} caught")  # noqa: T201
    return bool(escaped)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
