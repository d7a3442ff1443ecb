"""Pictures of a real site: several processes decode, one is killed, and the doctor cleans up."""

import json
import signal
import time
from io import BytesIO
from urllib.request import Request, urlopen

from PIL import Image as PhotoImage

from articles.images.processing.specs import WIDTHS

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


SIGN_IN = """
from django.test import Client
from tests.factories import make_user
client = Client()
client.force_login(make_user(role="Editors"))
print(client.cookies["sessionid"].value)
"""


def send_photo(address, session, name="photo.jpg", size=(4000, 3000)):
    """Upload a photograph to the library, as the desk's script does. Returns the result."""
    file = BytesIO()
    noise = PhotoImage.effect_noise((400, 300), 40).resize(size)
    noise.convert("RGB").save(file, "JPEG")
    edge, token = "x" * 30, "a" * 32
    body = b"".join(
        [
            f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"'.encode(),
            f"\r\n\r\n{token}\r\n--{edge}\r\nContent-Disposition: form-data; ".encode(),
            f'name="files"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode(),
            file.getvalue(),
            f"\r\n--{edge}--\r\n".encode(),
        ]
    )
    request = Request(
        f"{address}/admin/articles/image/add/",
        body,
        {
            "Accept": "application/json",
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Cookie": f"sessionid={session}; csrftoken={token}",
        },
    )
    with urlopen(request, timeout=60) as answer:
        [result] = json.loads(answer.read())["results"]
    return result


def test_an_upload_is_answered_before_its_renditions_are_drawn(ready_site):
    session = ready_site.shell(SIGN_IN)
    with ready_site.served() as (address, server):
        result = send_photo(address, session)
        drawn = list((ready_site.folder / "media").rglob("whole-*"))
        assert result["state"] == "taken"
        assert len(drawn) < len(WIDTHS)
        # A reader who comes before that gets the picture all the same.
        with urlopen(address + result["thumbnail"], timeout=60) as picture:
            assert picture.headers["Content-Type"] == "image/jpeg"
        until = time.monotonic() + 120
        last = f"whole-{WIDTHS[-1]}.jpg"
        while not list((ready_site.folder / "media").rglob(last)):
            assert time.monotonic() < until
            time.sleep(0.2)
        # A picture in work does not keep the server from ending.
        send_photo(address, session, size=(2000, 1500))
        server.terminate()
        assert server.wait(timeout=60) == 0
    run = ready_site.run("renditions")
    assert run.returncode == 0, run.complaints
