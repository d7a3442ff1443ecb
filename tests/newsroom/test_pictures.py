"""Pictures of a real site: several processes decode, one is killed, and the doctor cleans up."""

import signal

MAKE = """
from tests.factories import make_image
for number in range(4):
    make_image(width=300, height=200)
"""


def test_several_processes_draw_side_by_side(ready_site):
    ready_site.shell(MAKE)
    run = ready_site.run("renditions", "--jobs=2")
    assert run.returncode == 0, run.complaints
    assert run.printed.strip().splitlines()[-1] == "4 made"
    names = [path.name for path in (ready_site.folder / "media").rglob("whole-300.*")]
    assert sorted(names) == sorted(
        4 * ["whole-300.avif", "whole-300.jpg", "whole-300.webp"]
    )
    assert not list((ready_site.folder / "media").rglob("*.part"))


def test_two_that_draw_the_same_do_not_collide(ready_site):
    ready_site.shell(MAKE)
    both = [ready_site.start("renditions", "--jobs=1") for _ in range(2)]
    for process in both:
        _, complaints = process.communicate(timeout=300)
        assert process.returncode == 0, complaints
    run = ready_site.run("renditions")
    assert (run.returncode, run.printed.strip()) == (0, "")


def test_a_crash_between_file_and_row_is_found_by_the_doctor_and_mended(ready_site):
    run = ready_site.python(
        """
import django; django.setup()
import os, signal
from articles.models import Image
from tests.factories import make_picture_file

# The file is written by now, and the row comes next.
insert = Image._base_manager._insert
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
Image._base_manager.__class__._insert = die
Image.objects.create(file=make_picture_file(), alt="A field")
"""
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
    [file] = (ready_site.folder / "media").rglob("*.png")
    run = ready_site.run("doctor")
    assert run.returncode == 1
    assert f"originals/{file.parent.name}/{file.name}" in run.printed
    assert file.exists()
    run = ready_site.run("doctor", "--repair")
    assert run.returncode == 0, run.complaints
    assert not file.exists()
