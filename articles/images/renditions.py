"""The renditions of a picture in the storage: what is missing is made, once."""

import logging
import os
import secrets
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage
from django.tasks import task
from django.utils import timezone

from articles.images.processing.validation import size_of
from articles.images.processing.worker_pool import Busy, CannotBeDrawn, turn
from articles.images.processing.worker_pool import draw as drawn
from articles.models import Image
from articles.models.image import RENDITIONS, typed_file

# What a file is called while it is written, and how long that may take.
DRAFT = ".part"
HOUR = timedelta(hours=1)

logger = logging.getLogger(__name__)


class NotThere(Exception):
    """The picture went while it was drawn, or its file is lost or broken."""


@task
def make_renditions(image):
    """Make what is missing of the picture with this key; one that is gone by now needs none."""
    for found in Image.objects.on_site().filter(pk=image):
        try:
            make_missing(found)
        except Busy:
            logger.info("Renditions of picture %s are drawn when asked for.", image)


def missing(image):
    """The recipes of which nothing lies in the storage."""
    return [
        recipe
        for recipe in image.recipes
        if not default_storage.exists(image.place_of(recipe))
    ]


def make_missing(image, *, take_turn=True):
    """
    Make every rendition that is not there, note that all are, and return how many there were to make.

    Raises Busy when others are drawn for longer than somebody would wait; without a turn,
    whoever calls bounds how many are drawn at once. Raises CannotBeDrawn, or OSError for a lost file.
    """
    made = len(missing(image))
    _copy_former(image)
    if recipes := missing(image):
        with turn() if take_turn else nullcontext():
            for recipe, content in _drawn(image, recipes):
                put(image.place_of(recipe), content)
    _note_made(image)
    return made


def make_now(image, recipe):
    """
    Where the rendition lies, made if it is missing.

    Raises Busy when others are drawn for longer than somebody would wait, and NotThere
    when it cannot be drawn, or may not be shown any more once it is.
    """
    place = image.place_of(recipe)
    if default_storage.exists(place):
        return place
    if not _was_copied(image, recipe):
        with turn():
            # Somebody else may have wanted the same, and had the turn before.
            if not default_storage.exists(place):
                put(place, _drawn_alone(image, recipe))
    if not _as_it_was(image).exists():
        remove(image.fingerprint)
        raise NotThere
    return place


def copy_former(image):
    """Copy what lies where the renditions of the picture lay before addresses were secret; note if that are all."""
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
        put(image.place_of(recipe), file.read())
    return True


def _note_made(image):
    if not _as_it_was(image).update(renditions_made_at=timezone.now()):
        # Taken off the site, or replaced, while they were drawn: nothing of it may stay.
        remove(image.fingerprint)


def _drawn(image, recipes):
    """Each of these renditions with its content."""
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
    """The picture, where it is on the site and was not replaced: another file or focal point has other addresses."""
    return Image.objects.on_site().filter(pk=image.pk, fingerprint=image.fingerprint)


def put(place, content, *, storage=default_storage):
    """
    Put the file at just this place, whole or not at all.

    Two who put the same rendition put the same bytes: whoever comes second changes nothing.
    """
    if not isinstance(storage, FileSystemStorage):
        # A store shows an object once all of it is there.
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
    """The places of files among the renditions that belong to no picture on the site, one after another."""
    for fingerprint in folders_in(RENDITIONS):
        folder = f"{RENDITIONS}/{fingerprint}"
        image = _picture_of(fingerprint)
        known = {recipe.name for recipe in image.recipes} if image else set()
        for name in names_in(folder):
            place = f"{folder}/{name}"
            if name not in known and not (name.endswith(DRAFT) and _is_new(place)):
                yield place


def _picture_of(fingerprint):
    """The picture on the site with this fingerprint, or whose renditions are still to be copied from there."""
    images = Image.objects.on_site()
    return (
        images.filter(fingerprint=fingerprint).first()
        or images.at_guessable_addresses().formerly_known_as(fingerprint).first()
    )


def _is_new(place):
    """Whether somebody may still be writing the file."""
    return default_storage.get_modified_time(place) > timezone.now() - HOUR


def remove(fingerprint):
    """Take every rendition of a picture that looked like this out of the storage, unless one on the site still needs them."""
    if _picture_of(fingerprint):
        return
    folder = f"{RENDITIONS}/{fingerprint}"
    for name in names_in(folder):
        default_storage.delete(f"{folder}/{name}")
    if isinstance(default_storage, FileSystemStorage):
        # A folder without files; a store has none.
        default_storage.delete(folder)


def names_in(folder, *, storage=default_storage):
    """The files that lie in a folder of a storage; none where there is no such folder."""
    try:
        return [name for name in storage.listdir(folder)[1] if name]
    except FileNotFoundError:
        return []


def folders_in(folder, *, storage=default_storage):
    try:
        return [name for name in storage.listdir(folder)[0] if name]
    except FileNotFoundError:
        return []
