from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from articles.images import library, renditions
from articles.images.library import ImageInUse, SamePicture, upload
from articles.images.processing.validation import hash_of
from articles.images.renditions import names_in
from articles.models import Image, TransitionError
from articles.publishing import actions
from tests.articles.old_pictures import old_image
from tests.factories import (
    make_article,
    make_image,
    make_picture_file,
    make_user,
    make_visible_article,
)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def figure(image):
    return f'<figure><img src="/media/image/{image.pk}/" alt="" data-file="{image.pk}"></figure>'


def read(place):
    with default_storage.open(place) as file:
        return file.read()


def test_an_upload_makes_every_rendition(db, committed):
    with committed():
        image = upload(make_picture_file(width=400, height=300), alt="A field")
    image.refresh_from_db()
    assert image.renditions_made_at
    assert all(default_storage.exists(image.place_of(one)) for one in image.recipes)
    assert image.address_of(image.medium) == image.address_of(image.medium)


def test_the_same_file_twice_is_offered_instead(db):
    image = upload(make_picture_file(colour="red"), alt="A field")
    with pytest.raises(SamePicture) as raised:
        upload(make_picture_file(colour="red"), alt="The field again")
    assert raised.value.image == image
    assert Image.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_uploads_of_one_file_at_once_one_makes_the_row():
    start = Barrier(2)

    def send(_):
        file = make_picture_file(colour="red")
        start.wait(10)
        try:
            return upload(file, alt="A field")
        except SamePicture as same:
            return same.image
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        one, other = people.map(send, range(2))
    assert one == other == Image.objects.get()


def test_an_encoder_that_fails_loses_no_upload(db, committed, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise OSError("no room")

    monkeypatch.setattr(renditions, "drawn", fail)
    with committed():
        image = upload(make_picture_file(), alt="A field")
    assert Image.objects.get() == image
    assert image.renditions_made_at is None
    monkeypatch.undo()
    assert renditions.make_missing(image) == len(image.recipes)


def test_another_file_keeps_the_words_the_key_and_every_use(db, committed):
    with committed():
        image = upload(make_picture_file(colour="red"), alt="A field", by=None)
    article = make_visible_article(lead_image=image)
    old, places = image.file.name, [image.place_of(one) for one in image.recipes]
    with committed():
        library.update_image(image, file=make_picture_file(width=90, height=90))
    image.refresh_from_db()
    assert (image.alt, image.width) == ("A field", 90)
    assert article.lead_image_id == image.pk
    assert not any(map(default_storage.exists, [old, *places]))
    assert all(default_storage.exists(image.place_of(one)) for one in image.recipes)


def test_a_picture_is_not_replaced_by_one_that_is_there(db):
    one = upload(make_picture_file(colour="red"), alt="One")
    other = upload(make_picture_file(colour="blue"), alt="Other")
    with pytest.raises(SamePicture):
        library.update_image(other, file=make_picture_file(colour="red"))
    assert Image.objects.get(pk=other.pk).content_hash != one.content_hash


def test_another_focal_point_makes_other_renditions_and_removes_the_old(db, committed):
    with committed():
        image = upload(make_picture_file(width=90, height=40), alt="A field")
    image.refresh_from_db()
    before = image.fingerprint
    with committed():
        library.update_image(image, focal_x=0.1)
    image.refresh_from_db()
    assert names_in(f"renditions/{before}") == []
    assert len(names_in(f"renditions/{image.fingerprint}")) == len(image.recipes)
    assert image.renditions_made_at


def test_a_picture_in_an_article_is_not_deleted(db):
    lead, live, working, typed = (make_image() for _ in range(4))
    make_article(title="Lead", lead_image=lead)
    make_article(title="Live", body=figure(live))
    article = make_visible_article(title="Working")
    actions.save(article, {"body": figure(working)})
    for image, title in [(lead, "Lead"), (live, "Live"), (working, "Working")]:
        with pytest.raises(ImageInUse, match=title):
            library.delete(image)
    library.delete(typed)
    assert set(Image.objects.values_list("pk", flat=True)) == {
        lead.pk,
        live.pk,
        working.pk,
    }


def test_with_a_picture_all_its_files_are_deleted(db, committed):
    with committed():
        image = upload(make_picture_file(), alt="A field")
    with committed():
        library.delete(image)
    assert not default_storage.exists(image.file.name)
    assert names_in(f"renditions/{image.fingerprint}") == []


def test_two_pictures_that_look_the_same_share_no_file_and_no_address(db, committed):
    one = make_image(file=make_picture_file(colour="red"))
    other = make_image(file=make_picture_file(colour="red"))
    assert one.fingerprint != other.fingerprint
    renditions.make_missing(other)
    with committed():
        library.delete(one)
    assert default_storage.exists(other.file.name)
    assert len(names_in(f"renditions/{other.fingerprint}")) == len(other.recipes)


def test_taking_down_says_who_and_why_and_is_done_once(db):
    image = make_image()
    editor = make_user(first_name="Edda", last_name="Torres")
    library.take_down(image, reason="The photographer asked.", by=editor)
    assert image.taken_down_by_name == "Edda Torres"
    assert image.file.name.startswith("withheld/")
    with pytest.raises(TransitionError, match="already off the site"):
        library.take_down(image, reason="Again.")
    library.bring_back(image)
    assert (image.taken_down_reason, image.is_on_site) == ("", True)
    with pytest.raises(TransitionError, match="is already on the site"):
        library.bring_back(image)


def test_another_file_for_what_is_off_the_site_stays_off_it(db, committed):
    image = make_image()
    library.take_down(image, reason="x")
    with committed():
        library.update_image(image, file=make_picture_file(width=90))
    image.refresh_from_db()
    assert image.file.name.startswith("withheld/")
    assert names_in(f"renditions/{image.fingerprint}") == []


def test_what_is_taken_down_while_it_is_drawn_leaves_nothing(db, monkeypatch):
    image = make_image()
    Image.objects.filter(pk=image.pk).update(taken_down_at=image.created_at)
    renditions.make_missing(image)
    assert names_in(f"renditions/{image.fingerprint}") == []


def test_a_picture_in_no_article_is_unused(db):
    unused, lead, shown = (make_image() for _ in range(3))
    make_article(lead_image=lead)
    article = make_article()
    actions.save(article, {"body": figure(shown)})
    assert list(Image.objects.unused()) == [unused]
    actions.save(
        article, {"body": "<p>Without.</p>"}, began_from=article.working_copy.pk
    )
    assert set(Image.objects.unused()) == {unused, shown}


# Simultaneous changes of one image


def test_what_is_said_of_a_picture_brings_back_none_that_was_taken_down_meanwhile(
    db, committed
):
    image = make_image()
    opened_before = Image.objects.get()
    with committed():
        library.take_down(image, reason="The photographer asked.")
    library.update_image(opened_before, credit="Ben")
    image.refresh_from_db()
    assert (image.credit, image.is_on_site) == ("Ben", False)
    assert image.taken_down_reason == "The photographer asked."
    assert image.file.name.startswith("withheld/")
    assert default_storage.exists(image.file.name)


def test_only_the_words_that_are_given_are_written(db):
    image = make_image(caption="At noon.")
    opened_before = Image.objects.get()
    library.update_image(image, caption="At night.")
    library.update_image(opened_before, credit="Ben")
    assert opened_before.caption == "At night."
    assert opened_before.credit == "Ben"


def test_another_file_for_what_was_taken_down_meanwhile_is_on_no_site(db, committed):
    image = make_image()
    opened_before = Image.objects.get()
    with committed():
        library.take_down(image, reason="x")
    withheld = Image.objects.get().file.name
    with committed():
        library.update_image(opened_before, file=make_picture_file(width=90))
    image.refresh_from_db()
    assert (image.width, image.is_on_site) == (90, False)
    assert image.file.name.startswith("withheld/")
    assert default_storage.exists(image.file.name)
    assert not default_storage.exists(withheld)
    assert names_in("originals/" + image.file.name.split("/")[1]) == []
    assert names_in(f"renditions/{image.fingerprint}") == []


def test_what_was_replaced_meanwhile_is_taken_down_as_it_is(db, committed):
    image = make_image()
    opened_before = Image.objects.get()
    with committed():
        library.update_image(image, file=make_picture_file(width=90))
    with committed():
        library.take_down(opened_before, reason="x")
    assert (opened_before.width, opened_before.is_on_site) == (90, False)
    assert default_storage.exists(opened_before.file.name)


def test_an_upload_that_comes_to_nothing_leaves_no_file(db, settings):
    with pytest.raises(ValueError, match="must be a"):
        upload(make_picture_file(), alt="A field", by="nobody")
    with pytest.raises(IntegrityError), transaction.atomic():
        upload(make_picture_file(), alt="A field", focal_x=7)
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


# Secret addresses


def test_the_address_of_a_picture_does_not_follow_from_its_file(db):
    one, other = (
        make_image(file=make_picture_file(colour="red"), alt="A field")
        for _ in range(2)
    )
    assert one.content_hash == other.content_hash
    assert one.file.name != other.file.name
    assert one.fingerprint != other.fingerprint
    with one.file.open() as file:
        assert hash_of(file) not in one.file.name


def test_files_from_before_are_moved_where_nobody_guesses_them_and_not_drawn_again(
    db, committed
):
    image = old_image()
    former = image.former_fingerprint
    kept = read("originals/ab/abcd.png")
    assert list(Image.objects.at_guessable_addresses()) == [image]
    with committed():
        library.make_addresses_secret()
    image.refresh_from_db()
    assert not Image.objects.at_guessable_addresses().exists()
    assert image.file.name != "originals/ab/abcd.png"
    assert read(image.file.name) == kept
    assert not default_storage.exists("originals/ab/abcd.png")
    assert names_in(f"renditions/{former}") == []
    assert read(image.place_of(image.recipes[0])) == b"drawn before"
    library.make_addresses_secret()
    assert Image.objects.get().file.name == image.file.name


def test_renditions_from_before_another_focal_point_are_drawn_again(db, committed):
    image = old_image()
    with committed():
        library.update_image(image, focal_x=0.1)
    assert read(image.place_of(image.recipes[0])) != b"drawn before"


def test_a_picture_from_before_whose_file_is_lost_keeps_no_other_from_being_moved(
    db, committed, caplog
):
    image = old_image()
    default_storage.delete("originals/ab/abcd.png")
    with committed():
        library.make_addresses_secret()
    assert f"The file of picture {image.pk} is lost." in caplog.text
    assert not Image.objects.at_guessable_addresses().exists()


def test_only_pictures_in_what_readers_see_are_shown_to_readers(db):
    lead, shown, written, draft, unused = (make_image() for _ in range(5))
    article = make_visible_article(lead_image=lead, body=figure(shown))
    actions.save(article, {"body": figure(shown) + figure(written)})
    make_article(lead_image=draft, body=figure(draft))
    assert set(Image.objects.shown_to_readers()) == {lead, shown}
    assert unused not in Image.objects.shown_to_readers()
