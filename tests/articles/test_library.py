import pytest
from django.core.files.storage import default_storage
from django.test import TestCase

from articles.library import SamePicture, upload
from articles.models import Image
from tests.factories import make_picture_file


def test_an_upload_makes_every_rendition(db):
    with TestCase.captureOnCommitCallbacks(execute=True):
        image = upload(make_picture_file(width=400, height=300), alt="A field")
    image.refresh_from_db()
    assert image.renditions_made_at
    assert all(default_storage.exists(image.place_of(one)) for one in image.recipes)


def test_the_same_file_twice_is_offered_instead(db):
    image = upload(make_picture_file(colour="red"), alt="A field")
    with pytest.raises(SamePicture) as raised:
        upload(make_picture_file(colour="red"), alt="The field again")
    assert raised.value.image == image
    assert Image.objects.count() == 1
