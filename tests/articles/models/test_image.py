import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image as Drawing

from articles.images.processing.validation import PictureRefused
from articles.models import Image
from tests.factories import make_image, make_picture_file


def test_a_file_and_its_alt_text_are_enough_for_a_picture(db):
    image = Image.objects.create(
        file=make_picture_file(width=60, height=40), alt="A field"
    )
    assert (image.width, image.height, image.frames) == (60, 40, 1)
    assert len(image.content_hash) == 64
    image.full_clean()


def test_what_is_kept_is_the_right_way_up_and_says_nothing_of_the_camera(db):
    exif = Drawing.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "A camera"
    file = make_picture_file(width=60, height=40, format="JPEG", exif=exif)
    image = Image.objects.create(file=file, alt="A field")
    with image.file.open("rb") as file, Drawing.open(file) as kept:
        assert kept.size == (40, 60)
        assert not kept.getexif()
    assert (image.width, image.height) == (40, 60)


def test_what_is_no_picture_never_reaches_the_library(db):
    with pytest.raises(PictureRefused, match="a web page"), transaction.atomic():
        Image.objects.create(file=ContentFile(b"<html>", "x.jpg"), alt="A page")
    assert not Image.objects.exists()


def test_a_picture_without_words_must_be_said_to_decorate(db):
    with pytest.raises(ValidationError, match="what the picture shows"):
        make_image(alt="").full_clean()
    make_image(alt="", decorative=True).full_clean()


def test_another_focal_point_gives_the_renditions_other_addresses(db):
    image = make_image()
    before = [image.address_of(recipe) for recipe in image.recipes]
    image.focal_x = 0.25
    image.save()
    assert not set(before) & {image.address_of(recipe) for recipe in image.recipes}
