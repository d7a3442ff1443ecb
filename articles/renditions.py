"""The renditions of a picture in the storage: what is missing is made, once."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.tasks import task
from django.utils import timezone

from articles.models import Image
from articles.pictures.making import drawn


@task
def make_renditions(image):
    """Make what is missing of the picture with this key; one that is gone by now needs none."""
    for found in Image.objects.on_site().filter(pk=image):
        make_missing(found)


def missing(image):
    """The recipes of which nothing lies in the storage."""
    return [
        recipe
        for recipe in image.recipes
        if not default_storage.exists(image.place_of(recipe))
    ]


def make_missing(image):
    """Make every rendition that is not there, and note that all are."""
    make(image, missing(image))
    # Of the picture as it was: one that was replaced meanwhile has other addresses.
    Image.objects.filter(pk=image.pk, fingerprint=image.fingerprint).update(
        renditions_made_at=timezone.now()
    )


def make(image, recipes):
    if not recipes:
        return
    with image.file.open("rb") as file:
        kept = file.read()
    for recipe, content in drawn(kept, recipes, focal=image.focal):
        place = image.place_of(recipe)
        # Two who draw the same thing draw the same bytes: who comes second leaves it.
        if not default_storage.exists(place):
            default_storage.save(place, ContentFile(content))
