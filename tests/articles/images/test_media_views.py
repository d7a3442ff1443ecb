import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from PIL import Image as Drawing

from articles.images import library, renditions
from articles.images.processing import worker_pool
from articles.models import Image
from tests.articles.old_pictures import OLD_FILE, old_image
from tests.factories import (
    make_article,
    make_image,
    make_user,
    make_visible_article,
)


def address(image, name="whole-60.jpg"):
    return f"/media/renditions/{image.fingerprint}/{name}"


def content(response):
    return b"".join(response.streaming_content)


def test_a_rendition_is_made_when_it_is_first_asked_for_and_only_then(
    client, db, monkeypatch
):
    image = make_image(width=60, height=40)
    response = client.get(address(image))
    assert response.status_code == 200
    with Drawing.open(io.BytesIO(content(response))) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (60, 40))
    assert default_storage.exists(f"renditions/{image.fingerprint}/whole-60.jpg")
    monkeypatch.setattr(renditions, "drawn", None)
    assert content(client.get(address(image)))


def test_what_is_served_has_a_type_of_its_own_runs_nothing_and_is_kept_for_a_year(
    client, db
):
    response = client.get(address(make_image(), "whole-60.avif"))
    assert response.headers["Content-Type"] == "image/avif"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "inline" in response.headers["Content-Disposition"]
    content(response)


@pytest.mark.parametrize(
    "name",
    [
        "whole-61.jpg",
        "whole-60.gif",
        "whole-060.jpg",
        "whole-99999.jpg",
        "card-60.svg",
        "%2e%2e%2fsecret_key",
        ".part",
    ],
)
def test_nobody_asks_for_another_size_or_another_file(client, db, name):
    image = make_image(width=60, height=40)
    assert client.get(address(image, name)).status_code == 404
    assert renditions.names_in(f"renditions/{image.fingerprint}") == []


@pytest.mark.parametrize(
    "place",
    [
        "",
        "renditions/",
        "secret_key",
        "originals/",
        "originals/../secret_key",
        "x.html",
    ],
)
def test_nothing_else_lies_under_media(client, db, place):
    assert client.get(f"/media/{place}").status_code == 404


def test_the_original_is_served_as_it_is_kept(client, db):
    image = make_image()
    response = client.get(image.file.url)
    assert response.headers["Content-Type"] == "image/png"
    assert content(response).startswith(b"\x89PNG")


def test_what_is_taken_off_the_site_is_nowhere_any_more(
    client, db, django_capture_on_commit_callbacks
):
    image = make_image()
    before = [address(image), image.file.url]
    for one in before:
        content(client.get(one))
    with django_capture_on_commit_callbacks(execute=True):
        library.take_down(image, reason="Asked for.")
    assert [client.get(one).status_code for one in before] == [404, 404]
    assert renditions.names_in(f"renditions/{image.fingerprint}") == []
    assert not default_storage.exists(before[1].removeprefix("/media/"))
    with django_capture_on_commit_callbacks(execute=True):
        library.bring_back(image)
    assert content(client.get(address(image)))
    assert content(client.get(Image.objects.get().file.url))


def test_what_is_taken_off_the_site_while_it_is_drawn_leaves_nothing(
    client, db, monkeypatch
):
    image = make_image()

    def drawn(*args, **kwargs):
        library.take_down(Image.objects.get(), reason="Not ours.")
        renditions.remove_renditions(image.fingerprint)
        return worker_pool.draw_in_worker(*args, **kwargs)

    monkeypatch.setattr(renditions, "drawn", drawn)
    assert client.get(address(image)).status_code == 404
    assert renditions.names_in(f"renditions/{image.fingerprint}") == []


@pytest.mark.parametrize("content", [None, b"", b"\xff\xd8\xff"])
def test_a_picture_whose_file_is_lost_or_broken_is_not_found(
    client, db, caplog, content
):
    image = make_image()
    path = Path(default_storage.path(image.file.name))
    path.unlink() if content is None else path.write_bytes(content)
    assert client.get(address(image)).status_code == 404
    assert f"The file of picture {image.pk} is lost or broken." in caplog.text
    assert renditions.names_in(f"renditions/{image.fingerprint}") == []


def test_pictures_are_only_read(client, db):
    image = make_image()
    assert client.post(address(image)).status_code == 405
    response = client.head(address(image))
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Type"] == "image/jpeg"
    assert int(response.headers["Content-Length"]) > 100


@pytest.mark.django_db(transaction=True)
def test_a_crowd_that_asks_for_one_rendition_has_it_drawn_once(monkeypatch, settings):
    image = make_image()
    drawings, start = [], Barrier(6)

    def drawn(*args, **kwargs):
        drawings.append(1)
        return worker_pool.draw_in_worker(*args, **kwargs)

    monkeypatch.setattr(renditions, "drawn", drawn)
    settings.IMAGE_PROCESSES = 1

    def ask(_):
        start.wait(10)
        try:
            return content(Client().get(address(image)))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as readers:
        assert len(set(readers.map(ask, range(6)))) == 1
    assert len(drawings) == 1


def test_who_would_wait_too_long_is_asked_to_come_again(
    client, db, monkeypatch, settings
):
    image = make_image()
    monkeypatch.setattr(worker_pool, "LONGEST_WAIT", 0.01)
    settings.IMAGE_PROCESSES = 1
    with worker_pool.turn():
        response = client.get(address(image))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert content(client.get(address(image)))


# Former, guessable addresses


def test_old_addresses_of_what_readers_see_lead_to_the_new_ones(client, db):
    image = old_image()
    make_visible_article(lead_image=image)
    recipe = image.recipes[0]
    response = client.get(f"/media/{image.former_place_of(recipe)}")
    assert response.status_code == 302
    assert response.url == address(image, recipe.name)
    # Copied, not drawn again.
    assert content(client.get(response.url)) == b"drawn before"
    # The file is still there.
    assert content(client.get(f"/media/{OLD_FILE}")).startswith(b"\x89PNG")
    library.make_address_secret(image)
    response = client.get(f"/media/{OLD_FILE}")
    assert (response.status_code, response.url) == (302, f"/media/{image.file.name}")
    assert content(client.get(response.url)).startswith(b"\x89PNG")


@pytest.mark.parametrize("moved", [False, True])
def test_old_addresses_of_what_no_reader_sees_tell_nothing(client, db, moved):
    image = old_image()
    make_article(lead_image=image)
    if moved:
        library.make_address_secret(image)
    recipe = image.recipes[0]
    old = [f"/media/{image.former_place_of(recipe)}", f"/media/{OLD_FILE}"]
    assert [client.get(one).status_code for one in old] == [404, 404]
    assert content(client.get(address(image, recipe.name)))


def test_old_addresses_of_what_was_taken_off_the_site_lead_nowhere(client, db):
    image = old_image()
    make_visible_article(lead_image=image)
    library.take_down(image, reason="x")
    old = [f"/media/{image.former_place_of(image.recipes[0])}", f"/media/{OLD_FILE}"]
    assert [client.get(one).status_code for one in old] == [404, 404]


@pytest.mark.parametrize("name", ["whole-61.jpg", ".part"])
def test_old_addresses_lead_to_no_other_size(client, db, name):
    image = old_image()
    make_visible_article(lead_image=image)
    old = f"/media/renditions/{image.former_fingerprint}/{name}"
    assert client.get(old).status_code == 404


@pytest.mark.parametrize(
    ("role", "answer"),
    [(None, 404), ("Moderators", 404), ("Writers", 302), ("Editors", 302)],
)
def test_only_the_desk_finds_pictures_by_their_number(client, db, role, answer):
    image = make_image()
    client.force_login(make_user(role=role))
    response = client.get(f"/media/image/{image.pk}/")
    assert response.status_code == answer
    assert "no-store" in response.headers["Cache-Control"]


def test_nobody_without_an_account_counts_through_the_library(client, db):
    image = make_image()
    assert client.get(f"/media/image/{image.pk}/").status_code == 404
    assert client.get(f"/media/image/{10**30}/").status_code == 404
