"""What is done with the pictures of the library, and reaches further than their own rows."""

from functools import partial

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from articles.append_only import name_of
from articles.models import Article, Image, TransitionError
from articles.models.image import ORIGINALS, WITHHELD, typed_file
from articles.pictures.accepting import hash_of
from articles.renditions import make_renditions, remove

# Of the articles that use a picture, so many are named.
USES_SHOWN = 100


class SamePicture(Exception):
    """The very same file is in the library already."""

    def __init__(self, image):
        super().__init__(f"This picture is in the library already: “{image}”.")
        self.image = image


class ImageInUse(Exception):
    """The picture stands in articles, so it is not deleted."""

    def __init__(self, image, articles):
        names = ", ".join(f"“{article}”" for article in articles[:5])
        super().__init__(
            f"“{image}” stands in articles and is not deleted: {names}. "
            "Take it out of them first, or take it off the site."
        )
        self.articles = articles


def upload(file, *, by=None, **words):
    """
    Put a picture into the library; its renditions are made once that is certain.

    `words` are what is said of it: title, alt, credit … Raises PictureRefused, and
    SamePicture for a file that is there.
    """
    sent_hash = hash_of(file)
    require_new(sent_hash)
    try:
        with transaction.atomic():
            image = Image.objects.create(
                file=file, upload_key=sent_hash, created_by=by, **words
            )
            _make_later(image)
    except IntegrityError:
        # Somebody sent the same file in the same instant, and came first.
        require_new(sent_hash)
        raise
    return image


def change(image, *, file=None):
    """
    Save what is said of a picture, and put another file in place of its own.

    Wherever it stands, it looks otherwise from then on. Raises as `upload` does.
    """
    before = Image.objects.get(pk=image.pk)
    if file is not None:
        sent_hash = hash_of(file)
        require_new(sent_hash, but_for=image)
        image.file, image.upload_key = file, sent_hash
    try:
        with transaction.atomic():
            image.save()
            if image.fingerprint != before.fingerprint:
                _afterwards(remove, before.fingerprint)
                _make_later(image)
            if image.file.name != before.file.name:
                _afterwards(default_storage.delete, before.file.name)
    except IntegrityError:
        require_new(image.upload_key, but_for=image)
        raise


def take_down(image, *, reason, by=None):
    """
    Take a picture off the site: every rendition and the original go from where anybody finds them, the row stays.

    Raises TransitionError when it is off the site already.
    """
    with transaction.atomic():
        _move(image, from_=ORIGINALS, to=WITHHELD)
        on_site = Image.objects.on_site().filter(pk=image.pk)
        if not on_site.update(
            file=image.file.name,
            taken_down_at=timezone.now(),
            taken_down_by_name=name_of(by),
            taken_down_reason=reason,
            renditions_made_at=None,
        ):
            raise TransitionError(f"“{image}” is off the site already.")
        _afterwards(remove, image.fingerprint)
    image.refresh_from_db()


def bring_back(image, *, by=None):
    """Let a picture stand again wherever it stood. Raises TransitionError when it does already."""
    with transaction.atomic():
        _move(image, from_=WITHHELD, to=ORIGINALS)
        off_site = Image.objects.taken_down().filter(pk=image.pk)
        if not off_site.update(
            file=image.file.name,
            taken_down_at=None,
            taken_down_by_name="",
            taken_down_reason="",
        ):
            raise TransitionError(f"“{image}” is on the site.")
        _make_later(image)
    image.refresh_from_db()


def delete(image):
    """Delete a picture and every file of it. Raises ImageInUse while it stands in an article."""
    with transaction.atomic():
        held = Image.objects.select_for_update().get(pk=image.pk)
        if uses := list(articles_with(held, exactly=True)):
            raise ImageInUse(held, uses)
        _afterwards(remove, held.fingerprint)
        _afterwards(default_storage.delete, held.file.name)
        held.delete()


def require_new(sent_hash, *, but_for=None):
    """Raise SamePicture where the very same file is in the library, but for one picture."""
    same = Image.objects.same_as(sent_hash)
    if but_for is not None:
        same = same.exclude(pk=but_for.pk)
    if found := same.first():
        raise SamePicture(found)


def articles_with(image, *, exactly=False):
    """
    The articles in which the picture stands: as they are, as they are being written or are scheduled to be.

    Exactly: the texts themselves are looked through as well, which reads every article. The
    rows of ImageUse are as good as those who wrote them.
    """
    used = Q(lead_image=image) | Q(pk__in=image.uses.values("article"))
    if exactly:
        used |= Q(body__contains=f'data-file="{image.pk}"')
    found = Article.objects.filter(used).defer("body")
    return found.order_by("-modified_at", "-id")[:USES_SHOWN]


def _make_later(image):
    """Have the renditions made once the transaction is over, by the worker where there is one."""
    _afterwards(make_renditions.enqueue, image.pk)


def _afterwards(work, *arguments):
    # Robust: what is in the database holds, whatever becomes of a file; the command
    # `renditions` and the doctor find what is left over.
    transaction.on_commit(partial(work, *arguments), robust=True)


def _move(image, *, from_, to):
    """Keep the original at a place under another folder; the old one goes when that is certain."""
    old = image.file.name
    if not old.startswith(f"{from_}/"):
        return
    with default_storage.open(old) as file:
        content = file.read()
    image.file.name = default_storage.save(
        old.replace(from_, to, 1), typed_file(old, content)
    )
    _afterwards(default_storage.delete, old)
