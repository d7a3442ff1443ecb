"""The steps of the image library: upload, change, take down, bring back, delete."""

import logging
from contextlib import contextmanager, suppress
from functools import partial

from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.core.append_only import name_of
from articles.core.text.word_list import in_quotes, word_list
from articles.images.background import draw_later
from articles.images.processing.validation import hash_of, random_name
from articles.images.renditions import copy_former, remove_renditions
from articles.models import Article, Image, TransitionError
from articles.models.image import (
    ORIGINALS,
    WITHHELD,
    fingerprint_of,
    new_secret,
    typed_file,
)

# The most articles that are listed as using an image.
USES_SHOWN = 100

# The images that one call moves to secret addresses.
MOVED_AT_ONCE = 20

# The fields of an image that describe its file, and those set when it is taken down.
OF_THE_FILE = [
    "file",
    "width",
    "height",
    "has_alpha",
    "frames",
    "content_hash",
    "upload_key",
    "renditions_made_at",
]
TAKEN_DOWN = ["taken_down_at", "taken_down_by_name", "taken_down_reason"]

logger = logging.getLogger(__name__)


class SamePicture(Exception):
    """Exactly the same file is already in the library, as `image`."""

    def __init__(self, image):
        super().__init__(
            _("This picture is already in the library: “%(picture)s”.")
            % {"picture": image}
        )
        self.image = image


class ImageInUse(Exception):
    """The image is used in `articles`, so it cannot be deleted."""

    def __init__(self, image, articles):
        names = word_list(map(in_quotes, articles[:5]))
        super().__init__(
            _(
                "“%(picture)s” is used in articles and was not deleted: %(articles)s. "
                "Remove it from them first, or take it off the site."
            )
            % {"picture": image, "articles": names}
        )
        self.articles = articles


def upload(file, *, by=None, **words):
    """
    Add an image to the library. Its renditions are made after the commit.

    `words` are its text fields: title, alt, credit … Raises PictureRefused, and SamePicture
    for a file that is already there.
    """
    sent_hash = hash_of(file)
    require_new(sent_hash)
    image = Image(file=file, upload_key=sent_hash, created_by=by, **words)
    with _stored(image):
        try:
            with transaction.atomic():
                image.save()
                _make_later(image)
        except IntegrityError:
            # Somebody uploaded the same file at the same moment and was first.
            require_new(sent_hash)
            raise
    return image


def update_image(image, *, file=None, **words):
    """
    Change text fields of an image, and with `file` replace the picture wherever it is used.

    Only the fields in `words` are written, so that changes by others stay. Raises as
    `upload` does.
    """
    if file is None:
        with transaction.atomic():
            _change(image.pk, words)
    else:
        sent_hash = hash_of(file)
        require_new(sent_hash, but_for=image)
        replacement = Image(
            file=file, upload_key=sent_hash, taken_down_at=image.taken_down_at
        )
        with _stored(replacement):
            try:
                with transaction.atomic():
                    _change(image.pk, words, replacement)
            except IntegrityError:
                require_new(sent_hash, but_for=image)
                raise
    image.refresh_from_db()


def take_down(image, *, reason, by=None):
    """
    Take an image off the site: its original is moved, its renditions deleted, its row kept.

    Raises TransitionError when it is already off the site.
    """
    with transaction.atomic():
        held = _held(image.pk)
        if not held.is_on_site:
            raise TransitionError(
                _("“%(picture)s” is already off the site.") % {"picture": image}
            )
        _move(held, to=WITHHELD)
        held.taken_down_at = timezone.now()
        held.taken_down_by_name = name_of(by)
        held.taken_down_reason = reason
        held.renditions_made_at = None
        held.save(update_fields=["file", *TAKEN_DOWN, "renditions_made_at"])
        _afterwards(remove_renditions, held.fingerprint)
        if held.former_fingerprint:
            _afterwards(remove_renditions, held.former_fingerprint)
    image.refresh_from_db()


def bring_back(image, *, by=None):
    """Bring an image back to the site. Raises TransitionError when it is already there."""
    with transaction.atomic():
        held = _held(image.pk)
        if held.is_on_site:
            raise TransitionError(
                _("“%(picture)s” is already on the site.") % {"picture": image}
            )
        _move(held, to=ORIGINALS)
        held.taken_down_at = None
        held.taken_down_by_name = held.taken_down_reason = ""
        held.save(update_fields=["file", *TAKEN_DOWN])
        _make_later(held)
    image.refresh_from_db()


def make_address_secret(image):
    """
    Move the files of an image to secret addresses, which having the picture does not reveal.

    Does nothing if that was done before. Lost files are left to the doctor.
    """
    if not image.secret:
        with transaction.atomic():
            held = _held(image.pk)
            held.former_fingerprint = held.fingerprint
            held.former_file = held.file.name.replace(WITHHELD, ORIGINALS, 1)
            held.secret = new_secret()
            held.save(
                update_fields=[
                    "secret",
                    "former_fingerprint",
                    "former_file",
                    "fingerprint",
                    "renditions_made_at",
                ]
            )
        image.refresh_from_db()
    if image.is_on_site:
        copy_former(image)
    with transaction.atomic():
        held = _held(image.pk)
        try:
            _move(held, to=ORIGINALS if held.is_on_site else WITHHELD)
        except FileNotFoundError:
            logger.exception("The file of picture %s is lost.", image.pk)
            held.former_file = ""
        held.save(update_fields=["file", "former_file"])
        if held.former_fingerprint:
            _afterwards(remove_renditions, held.former_fingerprint)
    image.refresh_from_db()


def make_addresses_secret():
    """Do so for the newest MOVED_AT_ONCE images that need it; `tick` calls this repeatedly."""
    for image in Image.objects.at_guessable_addresses().newest_first()[:MOVED_AT_ONCE]:
        make_address_secret(image)


def delete(image):
    """Delete an image and all its files. Raises ImageInUse while an article uses it."""
    with transaction.atomic():
        held = Image.objects.select_for_update().get(pk=image.pk)
        if uses := list(articles_with(held, exactly=True)):
            raise ImageInUse(held, uses)
        for fingerprint in {held.fingerprint, held.former_fingerprint} - {""}:
            _afterwards(remove_renditions, fingerprint)
        _afterwards(_delete_unless_used, held.file.name)
        held.delete()


def require_new(sent_hash, *, but_for=None):
    """Raise SamePicture if the library has exactly this file, apart from the image `but_for`."""
    same = Image.objects.same_as(sent_hash)
    if but_for is not None:
        same = same.exclude(pk=but_for.pk)
    if found := same.first():
        raise SamePicture(found)


def articles_with(image, *, exactly=False):
    """
    The articles that use the image: themselves, in the working copy or in scheduled changes.

    At most USES_SHOWN, last changed first. With `exactly`, the bodies are searched as well,
    which reads every article: rows of ImageUse may be missing.
    """
    used = Q(lead_image=image) | Q(pk__in=image.uses.values("article"))
    if exactly:
        used |= Q(body__contains=f'data-file="{image.pk}"')
    found = Article.objects.filter(used).defer("body")
    return found.order_by("-modified_at", "-id")[:USES_SHOWN]


def _make_later(image):
    """Have the renditions made after the commit; see articles.images.background."""
    _afterwards(draw_later, image.pk)


def _afterwards(work, *arguments):
    # Robust: an error with a file must not affect the committed change. The command
    # `renditions` and the doctor find leftovers.
    transaction.on_commit(partial(work, *arguments), robust=True)


def _held(key):
    """Lock and return the image with this key."""
    # no_key: new references from articles are not blocked.
    return Image.objects.select_for_update(no_key=True).get(pk=key)


@contextmanager
def _stored(image):
    """
    Store the file of a new image before a transaction begins, and delete it if that fails.

    Decoding a picture takes long, and on SQLite a transaction blocks all other writing.
    """
    image.file.store()
    try:
        yield
    except BaseException:
        # If the database fails here, the doctor finds the file.
        with suppress(DatabaseError):
            _delete_unless_used(image.file.name)
        raise


def _change(key, words, replacement=None):
    image = _held(key)
    fingerprint, old_file = image.fingerprint, image.file.name
    for name, value in words.items():
        setattr(image, name, value)
    changed = list(words)
    if replacement is not None:
        for name in OF_THE_FILE:
            setattr(image, name, getattr(replacement, name))
        changed += OF_THE_FILE
        # The image may have been taken down or brought back while the file was decoded.
        top = ORIGINALS if image.is_on_site else WITHHELD
        if not image.file.name.startswith(f"{top}/"):
            _move(image, to=top)
        _afterwards(default_storage.delete, old_file)
    if fingerprint_of(image) != fingerprint:
        changed += ["fingerprint", "renditions_made_at"]
        _afterwards(remove_renditions, fingerprint)
        _make_later(image)
    if changed:
        image.save(update_fields=[*changed, "modified_at"])


def _move(image, *, to):
    """Copy the original to a new place under this folder; delete the old one after the commit."""
    old = image.file.name
    extension = old.rpartition(".")[2]
    name = random_name(extension)
    with default_storage.open(old) as file:
        image.file.name = default_storage.save(
            f"{to}/{name[:2]}/{name}", typed_file(name, file)
        )
    _afterwards(_delete_unless_used, old)


def _delete_unless_used(place):
    # Former places were shared by images with the same file.
    if not Image.objects.filter(file=place).exists():
        default_storage.delete(place)
