"""The same tests with pictures in a folder and in an S3 store."""

import json
import logging
import os
from urllib.request import urlopen

import boto3
import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from moto.server import ThreadedMotoServer

from articles.images import library
from articles.images.renditions import make_missing, missing, names_in, write_file
from articles.models import Image
from tests.articles.old_pictures import OLD_FILE, old_image
from tests.factories import make_image, make_picture_file, make_visible_article

BUCKET = "pictures"
# As the README describes it for a real store.
READ_BY_ALL = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": [
                f"arn:aws:s3:::{BUCKET}/originals/*",
                f"arn:aws:s3:::{BUCKET}/renditions/*",
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def server():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def s3(server, settings, monkeypatch):
    """An empty bucket in a local store that the site uses."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket = boto3.resource("s3", endpoint_url=server).Bucket(BUCKET)
    if bucket.creation_date is None:
        bucket.create()
        bucket.Policy().put(Policy=json.dumps(READ_BY_ALL))
    bucket.objects.delete()
    options = settings.S3 | {"bucket_name": BUCKET, "endpoint_url": server}
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": options,
        }
    }
    return bucket


@pytest.fixture(params=["folder", "s3"])
def store(request):
    if request.param == "s3":
        request.getfixturevalue("s3")
    return request.param


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_an_upload_lies_there_with_every_rendition(db, store, committed):
    with committed():
        image = library.upload(make_picture_file(width=400, height=300), alt="A field")
    image.refresh_from_db()
    assert image.renditions_made_at
    assert missing(image) == []
    assert default_storage.exists(image.file.name)
    with image.file.open("rb") as file:
        assert file.read(4) == b"\x89PNG"


def test_taking_down_leaves_no_copy_that_anybody_finds(db, store, committed):
    with committed():
        image = library.upload(make_picture_file(), alt="A field")
    original = image.file.name
    with committed():
        library.take_down(image, reason="Asked for.")
    assert names_in(f"renditions/{image.fingerprint}") == []
    assert not default_storage.exists(original)
    assert default_storage.exists(image.file.name)
    with committed():
        library.bring_back(image)
    assert missing(image) == []


def test_replacing_and_deleting_leave_nothing_behind(db, store, committed):
    with committed():
        image = library.upload(make_picture_file(), alt="A field")
    old, fingerprint = image.file.name, image.fingerprint
    with committed():
        library.update_image(image, file=make_picture_file(width=90))
    assert not default_storage.exists(old)
    assert names_in(f"renditions/{fingerprint}") == []
    with committed():
        library.delete(image)
    assert not default_storage.exists(image.file.name)
    assert names_in(f"renditions/{image.fingerprint}") == []


def test_the_command_makes_and_removes(db, store):
    image = make_image()
    write_file("renditions/0123/whole-60.jpg", b"of nothing")
    call_command("renditions", "--jobs=1")
    assert missing(image) == []
    assert not default_storage.exists("renditions/0123/whole-60.jpg")


def test_pictures_from_before_are_moved_where_nobody_guesses_them(
    db, store, committed, client
):
    image = old_image()
    make_visible_article(lead_image=image)
    former = image.former_fingerprint
    with default_storage.open(OLD_FILE) as file:
        kept = file.read()
    recipe = image.medium
    old = [f"/media/renditions/{former}/{recipe.name}", f"/media/{OLD_FILE}"]
    with committed():
        library.make_addresses_secret()
    image.refresh_from_db()
    assert not Image.objects.at_guessable_addresses().exists()
    # No copy is left where somebody who has the picture would look for it.
    assert names_in(f"renditions/{former}") == []
    assert not default_storage.exists(OLD_FILE)
    with default_storage.open(image.file.name) as file:
        assert file.read() == kept
    # Whoever kept an old address of what readers see is led on, to what is there.
    for address in old:
        while address.startswith("/"):
            response = client.get(address)
            assert response.status_code in {200, 302}, address
            address = response.url if response.status_code == 302 else ""
            # Read to the end, and so closed.
            response.getvalue()
        if store == "s3":
            with urlopen(address) as answer:
                assert answer.read(2)


def test_what_is_put_twice_lies_there_once(db, store):
    write_file("renditions/x/a.jpg", b"first")
    write_file("renditions/x/a.jpg", b"second")
    assert names_in("renditions/x") == ["a.jpg"]
    with default_storage.open("renditions/x/a.jpg") as file:
        assert file.read() == b"second"


def test_pages_name_the_store_once_everything_is_there(db, s3, client):
    image = make_image()
    recipe = image.medium
    assert image.address_of(recipe).startswith("/media/renditions/")
    response = client.get(image.address_of(recipe))
    assert response.status_code == 302
    make_missing(image)
    image.refresh_from_db()
    assert image.address_of(recipe) == response.url
    with urlopen(response.url) as answer:
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_pictures_move_to_a_store_and_back_and_are_looked_at(
    db, request, tmp_path, capsys
):
    image = make_image()
    make_missing(image)
    folder = default_storage.location
    number = len(image.recipes) + 1
    request.getfixturevalue("s3")
    call_command("copy_media", "--from", folder)
    assert capsys.readouterr().out.endswith(f"{number} copied\n")
    assert missing(image) == []
    call_command("copy_media", "--from", folder)
    assert capsys.readouterr().out.endswith(f"{number} same\n")
    # Differing files are copied again.
    write_file(image.place_of(image.medium), b"other")
    call_command("copy_media", "--from", folder)
    assert "1 copied" in capsys.readouterr().out
    call_command("copy_media", "--to", str(tmp_path / "back"))
    back = FileSystemStorage(tmp_path / "back")
    assert back.exists(image.file.name)
    with back.open(image.file.name) as one, image.file.open("rb") as other:
        assert one.read() == other.read()


def test_a_file_that_cannot_be_written_is_named_and_the_rest_is_copied(
    db, tmp_path, capsys, monkeypatch
):
    one, other = make_image(), make_image()
    target = tmp_path / "target"
    # A file is in the way of a folder.
    folder, _ = os.path.split(one.file.name)
    (target / folder).parent.mkdir(parents=True)
    (target / folder).write_text("in the way")
    with pytest.raises(CommandError, match="of 2 files are not there"):
        call_command("copy_media", "--to", str(target))
    assert f"failed: {one.file.name}" in capsys.readouterr().out
    assert (target / other.file.name).exists()


def test_a_folder_that_is_not_there_is_said_to_be_missing(db, tmp_path):
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("copy_media", "--from", str(tmp_path / "nowhere"))
    assert not Image.objects.exists()
