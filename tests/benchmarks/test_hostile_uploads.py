"""
What hostile uploads cost: the memory of the process that takes them, and the time of each.

`uv run pytest -m benchmark -s tests/benchmarks/test_hostile_uploads.py`
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.articles.images.processing import hostile

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="reads /proc of Linux"
    ),
]

UPLOADS = 200
AT_MOST_OF_GROWTH = 50  # in MB
AT_MOST_OF_A_CHILD = 512  # in MB

FILES = {
    "JPEG, 1,000 scans of 25 MP": lambda: hostile.jpeg_with_scans(1000),
    "JPEG, 64 scans of 25 MP": lambda: hostile.jpeg_with_scans(64),
    "AVIF of 60 MP": hostile.avif_of_one_colour,
    "AVIF of 24 MP": lambda: hostile.avif_of_one_colour(6000, 4000),
    "GIF of 3,000 frames": lambda: hostile.gif_of_frames(3000),
    "GIF of 500 frames, 45 MP": lambda: hostile.gif_of_frames(
        500, width=300, height=300
    ),
    "PNG of 60 MP": lambda: hostile.png_bomb(10_000, 6000),
    "PNG of 24 MP": lambda: hostile.png_bomb(6000, 4000),
    "WebP of 100 MP": hostile.webp_bomb,
    "PNG, 60 MB of text": hostile.png_with_text,
    "PNG, 60 MB of profile": hostile.png_with_profile,
    "JPEG, 20 MB of Exif": lambda: hostile.jpeg_with_segments(
        0xE1, begin=b"Exif\0\0MM\0*\0\0\0\x08"
    ),
    "JPEG, 20 MB of profile": lambda: hostile.jpeg_with_segments(
        0xE2, begin=b"ICC_PROFILE\0\1\1"
    ),
    "noise as JPEG": lambda: hostile.noise("JPEG"),
    "noise as PNG": lambda: hostile.noise("PNG"),
    "noise as GIF": lambda: hostile.noise("GIF"),
    "noise as WebP": lambda: hostile.noise("WEBP"),
}

# In a process of its own, which makes no picture by itself and takes them as the desk does.
TAKE = """
import os, sys, time
import django; django.setup()
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from django.core.files.uploadedfile import TemporaryUploadedFile
from articles.images.processing.validation import PictureRefused, accepted

def memory():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024**2

def take(path):
    file = TemporaryUploadedFile(path.name, "image/jpeg", path.stat().st_size, None)
    file.write(path.read_bytes())
    try:
        picture = accepted(file)
        return f"taken as {picture.format}"
    except PictureRefused as refused:
        return refused.messages[0]
    finally:
        file.close()

paths = sorted(Path(sys.argv[1]).iterdir())
uploads = int(sys.argv[2])
small = paths[-1]
for _ in range(3):
    take(small)
before, start = memory(), time.monotonic()
for number in range(uploads):
    path = paths[number % len(paths)]
    begin = time.monotonic()
    said = take(path)
    if number < len(paths):
        print(f"{path.name[3:]}: {path.stat().st_size:,} bytes, {time.monotonic() - begin:.2f} s, {said}")
try:
    from articles.images.processing.worker_pool import close_idle
    close_idle()
except ImportError:
    pass
print(f"took {time.monotonic() - start:.0f} s")
child = getrusage(RUSAGE_CHILDREN).ru_maxrss // 1024
print(before, memory(), getrusage(RUSAGE_SELF).ru_maxrss // 1024, child)
"""


def test_no_process_grows_by_two_hundred_hostile_uploads(tmp_path):
    for number, (name, make) in enumerate(FILES.items()):
        name = name.replace("/", " ")
        Path(tmp_path, f"{number:02} {name}").write_bytes(make())
    run = subprocess.run(
        [sys.executable, "-c", TAKE, str(tmp_path), str(UPLOADS)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"},
        capture_output=True,
        text=True,
        timeout=3600,
    )
    assert run.returncode == 0, run.stderr
    *said, numbers = run.stdout.splitlines()
    before, after, peak, child = map(int, numbers.split())
    print("", *said, sep="\n")  # noqa: T201
    print(  # noqa: T201
        f"{UPLOADS} uploads: the process has {before} MB before and {after} MB after, "
        f"{peak} MB at most; the largest child has {child} MB at most"
    )
    assert after - before < AT_MOST_OF_GROWTH
    assert child < AT_MOST_OF_A_CHILD
