from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone

from articles.images import background, library
from articles.images.processing.worker_pool import background_turn, turn
from articles.models import Image
from tests.factories import make_image, make_picture_file

EARLIER = timezone.now() - timedelta(minutes=10)


@pytest.fixture
def thread():
    background.begin_thread()
    yield
    background.end_thread(wait=True)


def is_drawn(image):
    image.refresh_from_db()
    return bool(image.renditions_made_at)


@pytest.mark.django_db(transaction=True)
def test_a_thread_of_the_server_draws_what_was_uploaded(thread):
    image = library.upload(make_picture_file(width=400, height=300), alt="A field")
    background.end_thread(wait=True)
    assert is_drawn(image)
    assert all(default_storage.exists(image.place_of(one)) for one in image.recipes)


@pytest.mark.django_db(transaction=True)
def test_the_thread_keeps_no_connection_and_goes_on_after_a_failure(
    thread, monkeypatch, caplog
):
    lost = make_image()
    default_storage.delete(lost.file.name)
    image = make_image(width=90, height=60)
    seen = []
    close = background.close_connection_of_thread

    def noted():
        close()
        seen.append(connections["default"].connection)

    monkeypatch.setattr(background, "close_connection_of_thread", noted)
    # The connection of a thread is closed inside of it.
    for one in [lost, image]:
        background.draw_later(one.pk)
    background._thread._pool.shutdown(wait=True)
    assert seen == [None, None]
    assert f"picture {lost.pk} could not be drawn" in caplog.text
    assert is_drawn(image)


@pytest.mark.django_db(transaction=True)
def test_what_still_waits_when_the_server_ends_is_left_out(thread):
    images = [make_image(width=90 + number) for number in range(3)]
    with background_turn():
        for image in images:
            background.draw_later(image.pk)
        background.end_thread()
    background.end_thread(wait=True)
    assert not is_drawn(images[2])


@pytest.mark.django_db(transaction=True)
def test_only_so_many_wait(thread, monkeypatch):
    monkeypatch.setattr(background, "MOST_WAITING", 1)
    background.begin_thread()
    images = [make_image(width=90 + number) for number in range(2)]
    with background_turn():
        for image in images:
            background.draw_later(image.pk)
    background.end_thread(wait=True)
    assert [is_drawn(image) for image in images] == [True, False]


def test_without_a_server_renditions_are_drawn_at_once(db):
    image = make_image()
    background.draw_later(image.pk)
    assert is_drawn(image)


def test_an_upload_finds_a_turn_while_pictures_are_drawn_in_the_background(
    settings, tmp_path
):
    settings.IMAGE_TURNS_DIR = tmp_path
    settings.IMAGE_PROCESSES = 2
    with background_turn(), turn():
        assert len(list(tmp_path.iterdir())) == 2


def test_the_clock_draws_what_was_left_out_one_at_a_time_and_newest_first(db):
    images = [make_image(created_at=EARLIER, width=90 + n) for n in range(2)]
    background.draw_left_out()
    assert [is_drawn(image) for image in images] == [False, True]
    background.draw_left_out()
    assert is_drawn(images[0])


def test_the_clock_leaves_new_old_and_removed_pictures_alone(db):
    new, old = make_image(), make_image(created_at=timezone.now() - timedelta(days=2))
    gone = make_image(created_at=EARLIER)
    library.take_down(gone, reason="x")
    background.draw_left_out()
    assert not any(map(is_drawn, [new, old, gone]))


def test_the_clock_tries_a_lost_picture_once_and_goes_on_to_the_next(db, monkeypatch):
    monkeypatch.setattr(background, "_given_up", set())
    image, lost = make_image(created_at=EARLIER), make_image(created_at=EARLIER)
    default_storage.delete(lost.file.name)
    with pytest.raises(FileNotFoundError):
        background.draw_left_out()
    background.draw_left_out()
    assert is_drawn(image)


def test_looking_for_pictures_that_were_left_out_is_one_query(
    db, django_assert_num_queries
):
    make_image()
    Image.objects.update(renditions_made_at=timezone.now(), created_at=EARLIER)
    with django_assert_num_queries(1):
        background.draw_left_out()
