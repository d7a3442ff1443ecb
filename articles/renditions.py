"""The renditions of a picture in the storage: what is missing is made, once."""

import logging
import os
import secrets
from datetime import timedelta
from pathlib import Path
from threading import BoundedSemaphore

from django.core.files.storage import FileSystemStorage, default_storage
from django.tasks import task
from django.utils import timezone

from articles.models import Image
from articles.models.image import RENDITIONS, typed_file
from articles.pictures.making import drawn

# In one process, so many pictures are drawn at once for those who wait for a page, and so
# many seconds somebody waits for a turn.
AT_ONCE = 2
PATIENCE = 20

# What a file is called while it is written, and how long that may take.
DRAFT = ".part"
HOUR = timedelta(hours=1)

logger = logging.getLogger(__name__)
_turns = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Too many pictures are being made just now."""


class NotThere(Exception):
    """The picture went while it was drawn, or its file is lost or broken."""


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
    """Make every rendition that is not there, note that all are, and return how many there were to make."""
    made = 0
    for recipe, content in _drawn(image, missing(image)):
        put(image.place_of(recipe), content)
        made += 1
    if not _as_it_was(image).update(renditions_made_at=timezone.now()):
        # Taken off the site, or replaced, while they were drawn: nothing of it may stay.
        remove(image.fingerprint)
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
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy
    try:
        # Somebody else may have wanted the same, and had the turn before.
        if not default_storage.exists(place):
            put(place, _drawn_alone(image, recipe))
    finally:
        _turns.release()
    if not _as_it_was(image).exists():
        remove(image.fingerprint)
        raise NotThere
    return place


def _drawn(image, recipes):
    """Each of these renditions with its content."""
    if not recipes:
        return
    with image.file.open("rb") as file:
        kept = file.read()
    yield from drawn(kept, recipes, focal=image.focal)


def _drawn_alone(image, recipe):
    try:
        [(_, content)] = _drawn(image, [recipe])
    # The latter is what Pillow says of a broken PNG.
    except (OSError, SyntaxError) as error:
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
        image = Image.objects.on_site().filter(fingerprint=fingerprint).first()
        known = {recipe.name for recipe in image.recipes} if image else set()
        for name in names_in(folder):
            place = f"{folder}/{name}"
            if name not in known and not (name.endswith(DRAFT) and _is_new(place)):
                yield place


def _is_new(place):
    """Whether somebody may still be writing the file."""
    return default_storage.get_modified_time(place) > timezone.now() - HOUR


def remove(fingerprint):
    """Take every rendition of a picture that looked like this out of the storage, unless another one on the site looks the same."""
    if Image.objects.on_site().filter(fingerprint=fingerprint).exists():
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
