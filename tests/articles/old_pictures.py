"""Images as they were before their addresses were secret."""

from django.core.files.storage import default_storage

from articles.images.renditions import write_file
from tests.factories import make_image

OLD_FILE = "originals/ab/abcd.png"


def old_image(**fields):
    """An image at guessable addresses, after the migration that added the secrets."""
    image = make_image(**fields)
    image.secret = ""
    image.save()
    write_file(OLD_FILE, image.file.read())
    image.file.close()
    default_storage.delete(image.file.name)
    for recipe in image.recipes[:2]:
        write_file(image.place_of(recipe), b"drawn before")
    image.former_fingerprint = image.fingerprint
    image.former_file = image.file.name = OLD_FILE
    image.secret = "5ec12e7"
    image.save()
    return image
