"""What is done with the pictures of the library, and reaches further than their own rows."""

from functools import partial

from django.db import IntegrityError, transaction

from articles.models import Image
from articles.pictures.accepting import hash_of
from articles.renditions import make_renditions


class SamePicture(Exception):
    """The very same file is in the library already."""

    def __init__(self, image):
        super().__init__(f"This picture is in the library already: “{image}”.")
        self.image = image


def upload(file, *, by=None, **words):
    """
    Put a picture into the library; its renditions are made once that is certain.

    `words` are what is said of it: title, alt, credit … Raises PictureRefused, and
    SamePicture for a file that is there.
    """
    sent_hash = hash_of(file)
    if same := Image.objects.same_as(sent_hash).first():
        raise SamePicture(same)
    try:
        with transaction.atomic():
            image = Image.objects.create(
                file=file, upload_key=sent_hash, created_by=by, **words
            )
            make_later(image)
    except IntegrityError:
        # Somebody sent the same file in the same instant, and came first.
        if same := Image.objects.same_as(sent_hash).first():
            raise SamePicture(same) from None
        raise
    return image


def make_later(image):
    """Have the renditions made once the transaction is over, by the worker where there is one."""
    # Robust: the picture is in the library, whatever an encoder makes of it.
    transaction.on_commit(partial(make_renditions.enqueue, image.pk), robust=True)
