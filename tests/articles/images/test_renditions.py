import os
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.images import library
from articles.images.renditions import make_missing, missing, names_in, write_file
from articles.management.commands import renditions
from articles.models import Image
from tests.articles.old_pictures import OLD_FILE, old_image
from tests.factories import make_image


def said_by(capsys, *arguments):
    call_command("renditions", "--jobs=1", *arguments)
    return capsys.readouterr().out


def folder(image):
    return f"renditions/{image.fingerprint}"


def test_the_command_makes_what_is_missing_and_nothing_twice(db, capsys):
    image = make_image(title="Pier")
    number = len(image.recipes)
    assert f"No. {image.pk}, “Pier”: {number} renditions were missing." in said_by(
        capsys
    )
    assert missing(image) == []
    assert Image.objects.get().renditions_made_at
    assert "made" not in said_by(capsys)
    default_storage.delete(image.place_of(image.recipes[0]))
    assert "1 rendition was missing" in said_by(capsys)


def test_what_no_picture_uses_is_removed(db, capsys):
    image, gone = make_image(), make_image()
    call_command("renditions", "--jobs=1")
    Image.objects.filter(pk=gone.pk).delete()
    write_file(f"{folder(image)}/whole-7.jpg", b"of an older list")
    printed = said_by(capsys)
    assert printed.count("removed") >= len(gone.recipes) + 1
    assert names_in(folder(gone)) == []
    assert set(names_in(folder(image))) == {one.name for one in image.recipes}


def test_what_is_being_written_is_left_alone_for_an_hour(db):
    image = make_image()
    write_file(f"{folder(image)}/.x.part", b"half")
    call_command("renditions", "--jobs=1")
    assert ".x.part" in names_in(folder(image))
    old = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(default_storage.path(f"{folder(image)}/.x.part"), (old, old))
    call_command("renditions", "--jobs=1")
    assert ".x.part" not in names_in(folder(image))


def test_one_that_cannot_be_drawn_is_named_and_keeps_no_other_from_it(db, capsys):
    lost, sound = make_image(title="Lost"), make_image(title="Sound")
    default_storage.delete(lost.file.name)
    with pytest.raises(CommandError, match="1 picture could not be drawn"):
        call_command("renditions", "--jobs=1")
    printed = capsys.readouterr().out
    assert f"failed: No. {lost.pk}, “Lost”: FileNotFoundError" in printed
    assert missing(sound) == []


def test_what_is_off_the_site_is_not_drawn(db, capsys):
    image = make_image()
    library.take_down(image, reason="x")
    call_command("renditions", "--jobs=1")
    assert names_in(folder(image)) == []


def test_what_was_made_before_it_was_stopped_stays_and_the_next_run_makes_the_rest(
    db, capsys, monkeypatch
):
    first, second = make_image(title="First"), make_image(title="Second")

    def interrupt(image, **how):
        if image == second:
            raise KeyboardInterrupt
        return make_missing(image, **how)

    monkeypatch.setattr(renditions, "make_missing", interrupt)
    with pytest.raises(CommandError, match="run the same command again") as stopped:
        call_command("renditions", "--jobs=1")
    assert stopped.value.returncode == 130
    assert "made: No. " in capsys.readouterr().out
    assert missing(first) == []
    assert missing(second) == second.recipes
    monkeypatch.undo()
    assert "First" not in said_by(capsys)
    assert missing(second) == []


def test_less_than_one_job_is_refused(db):
    with pytest.raises(CommandError, match="1 or more"):
        call_command("renditions", "--jobs=0")


def test_a_file_appears_whole_or_not_at_all(db):
    write_file("renditions/x/a.jpg", b"first")
    write_file("renditions/x/a.jpg", b"second")
    assert names_in("renditions/x") == ["a.jpg"]
    with default_storage.open("renditions/x/a.jpg") as file:
        assert file.read() == b"second"


def test_the_command_moves_pictures_from_before_to_secret_addresses(
    db, capsys, django_capture_on_commit_callbacks
):
    image = old_image()
    with django_capture_on_commit_callbacks(execute=True):
        said_by(capsys)
    image.refresh_from_db()
    assert not Image.objects.at_guessable_addresses().exists()
    assert not default_storage.exists(OLD_FILE)
    assert names_in(f"renditions/{image.former_fingerprint}") == []
    assert missing(image) == []
    with default_storage.open(image.place_of(image.recipes[0])) as file:
        assert file.read() == b"drawn before"
