"""The renditions of images in the storage: missing ones are made, unused ones removed."""

import logging
import os
import secrets
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage
from django.tasks import task
from django.utils import timezone

from articles.images.file_storage import DRAFT
from articles.images.processing.validation import size_of
from articles.images.processing.worker_pool import Busy, CannotBeDrawn, turn
from articles.images.processing.worker_pool import draw_in_worker as drawn
from articles.models import Image
from articles.models.image import RENDITIONS, typed_file

# The longest time that writing a file may take.
HOUR = timedelta(hours=1)

logger = logging.getLogger(__name__)


class NotThere(Exception):
    """The image was removed while it was drawn, or its file is lost or broken."""


@task
def make_renditions(image):
    """Make the missing renditions of the image with this key, if it is still on the site."""
    for found in Image.objects.on_site().filter(pk=image):
        try:
            make_missing(found)
        except Busy:
            logger.info("Renditions of picture %s are drawn when asked for.", image)


def missing(image):
    """The recipes without a file in the storage."""
    return [
        recipe
        for recipe in image.recipes
        if not default_storage.exists(image.place_of(recipe))
    ]


def make_missing(image, *, in_turn=turn):
    """
    Make all missing renditions, record that all exist, and return how many were missing.

    `in_turn` is the context manager that limits how many pictures are drawn at once. Raises
    Busy when no turn gets free in time, CannotBeDrawn, and OSError for a lost file.
    """
    made = len(missing(image))
    _copy_former(image)
    if recipes := missing(image):
        with in_turn():
            for recipe, content in _drawn(image, recipes):
                write_file(image.place_of(recipe), content)
    _note_made(image)
    return made


def make_now(image, recipe):
    """
    The place of the rendition in the storage; it is made if it is missing.

    Raises Busy when no turn gets free in time, and NotThere when it cannot be drawn or may
    no longer be shown by then.
    """
    place = image.place_of(recipe)
    if default_storage.exists(place):
        return place
    if not _was_copied(image, recipe):
        with turn():
            # Another request may have made it during the wait.
            if not default_storage.exists(place):
                write_file(place, _drawn_alone(image, recipe))
    if not _as_it_was(image).exists():
        remove_renditions(image.fingerprint)
        raise NotThere
    return place


def copy_former(image):
    """Copy renditions from their former, guessable places; record it if all exist then."""
    _copy_former(image)
    if not missing(image):
        _note_made(image)


def _copy_former(image):
    for recipe in missing(image):
        _was_copied(image, recipe)


def _was_copied(image, recipe):
    former = image.former_place_of(recipe)
    if former is None or not default_storage.exists(former):
        return False
    with default_storage.open(former) as file:
        write_file(image.place_of(recipe), file.read())
    return True


def _note_made(image):
    if not _as_it_was(image).update(renditions_made_at=timezone.now()):
        # The image was taken off the site or replaced meanwhile: no file may stay.
        remove_renditions(image.fingerprint)


def _drawn(image, recipes):
    """Yield each of these recipes with the content of its rendition."""
    with image.file.open("rb") as file:
        yield from drawn(file, size_of(file), recipes, focal=image.focal)


def _drawn_alone(image, recipe):
    try:
        [(_, content)] = _drawn(image, [recipe])
    except (OSError, CannotBeDrawn) as error:
        logger.exception("The file of picture %s is lost or broken.", image.pk)
        raise NotThere from error
    return content


def _as_it_was(image):
    """A queryset of the image, empty if it left the site or its file or focal point changed."""
    return Image.objects.on_site().filter(pk=image.pk, fingerprint=image.fingerprint)


def write_file(place, content, *, storage=default_storage):
    """
    Write the file to exactly this place, completely or not at all.

    Two writers of the same rendition write the same bytes, so the second changes nothing.
    """
    if not isinstance(storage, FileSystemStorage):
        # An object store shows an object only when it is complete.
        storage.save(place, typed_file(place, content))
        return
    path = Path(storage.path(place))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(8)}{DRAFT}")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def unused():
    """Yield the places of rendition files that belong to no image on the site."""
    for fingerprint in folders_in(RENDITIONS):
        folder = f"{RENDITIONS}/{fingerprint}"
        image = _picture_of(fingerprint)
        known = {recipe.name for recipe in image.recipes} if image else set()
        for name in names_in(folder):
            place = f"{folder}/{name}"
            if name not in known and not (name.endswith(DRAFT) and _is_new(place)):
                yield place


def _picture_of(fingerprint):
    """The image on the site with this fingerprint, or with renditions still to copy from there."""
    images = Image.objects.on_site()
    return (
        images.filter(fingerprint=fingerprint).first()
        or images.at_guessable_addresses().formerly_known_as(fingerprint).first()
    )


def _is_new(place):
    """Whether somebody may still be writing the file."""
    return default_storage.get_modified_time(place) > timezone.now() - HOUR


def remove_renditions(fingerprint):
    """Delete all renditions with this fingerprint, unless an image on the site needs them."""
    if _picture_of(fingerprint):
        return
    folder = f"{RENDITIONS}/{fingerprint}"
    for name in names_in(folder):
        default_storage.delete(f"{folder}/{name}")
    if isinstance(default_storage, FileSystemStorage):
        # The empty folder; object stores have no folders.
        default_storage.delete(folder)


def names_in(folder, *, storage=default_storage):
    """The names of the files in a folder of a storage; none if it does not exist."""
    try:
        return [name for name in storage.listdir(folder)[1] if name]
    except FileNotFoundError:
        return []


def folders_in(folder, *, storage=default_storage):
    try:
        return [name for name in storage.listdir(folder)[0] if name]
    except FileNotFoundError:
        return []
