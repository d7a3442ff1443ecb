import hashlib
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.images.processing.rendering import VERSION
from articles.images.processing.specs import CARD, TYPES, WHOLE, recipes_for
from articles.images.processing.validation import random_name, validate_picture

ORIGINALS = "originals"
RENDITIONS = "renditions"
# The originals of images that were taken off the site. Nothing serves this folder.
WITHHELD = "withheld"
# In pixels: the width of the text column.
MEDIUM = 720
# The fields that a search looks into.
SEARCHED = ["title", "alt", "caption", "credit", "source"]
# The words of a search beyond this number are ignored.
MOST_WORDS = 10


class PictureFile(FieldFile):
    """The original of an image, re-encoded before it is stored by images.processing.validation."""

    def store(self):
        """
        Write the assigned file into the storage, and set the image's size, hash and so on.

        This takes long, so callers do it before they begin a transaction. Raises
        PictureRefused.
        """
        image, picture = self.instance, validate_picture(self.file)
        image.width, image.height = picture.width, picture.height
        image.has_alpha, image.frames = picture.has_alpha, picture.frames
        image.content_hash = picture.sent_hash
        image.renditions_made_at = None
        name = random_name(picture.extension)
        self.save(name, typed_file(name, picture.file), save=False)


class PictureField(models.FileField):
    """A file field that validates and re-encodes every picture. Raises PictureRefused."""

    attr_class = PictureFile

    def pre_save(self, image, add):
        file = getattr(image, self.attname)
        if file and not file._committed:
            file.store()
        return file


def typed_file(name, content):
    """The content, bytes or an open file, as a File with the content type of the name's ending."""
    file = ContentFile(content) if isinstance(content, bytes) else File(content)
    file.content_type = TYPES[name.rpartition(".")[2]]
    return file


class FingerprintField(models.CharField):
    """
    The beginning of the renditions' addresses; it changes whenever they would look different.

    It depends on a secret of the row, so that having the picture does not reveal its address.
    """

    def __init__(self, *args, **kwargs):
        fixed = {
            "max_length": 32,
            "default": "",
            "editable": False,
            "db_index": True,
        }
        super().__init__(*args, **kwargs | fixed)

    def pre_save(self, image, add):
        fingerprint = fingerprint_of(image)
        if fingerprint != getattr(image, self.attname):
            image.renditions_made_at = None
        setattr(image, self.attname, fingerprint)
        return fingerprint


def fingerprint_of(image):
    return _fingerprint(image, image.secret)


def _fingerprint(image, secret):
    seen = f"{VERSION} {image.content_hash} {image.focal_x:.4f} {image.focal_y:.4f}"
    if secret:
        seen = f"{secret} {seen}"
    return hashlib.sha256(seen.encode()).hexdigest()[:32]


def new_secret():
    """128 random bits, in hexadecimal digits."""
    return secrets.token_hex(16)


def place_of_original(image, name):
    top = ORIGINALS if image.is_on_site else WITHHELD
    return f"{top}/{name[:2]}/{name}"


class ImageQuerySet(models.QuerySet):
    def on_site(self):
        """Those that may be shown: not taken off the site."""
        return self.filter(taken_down_at=None)

    def taken_down(self):
        return self.exclude(taken_down_at=None)

    def shown_to_readers(self):
        """Those that are the lead image or in the body of a visible article."""
        articles = self.model._meta.apps.get_model("articles", "Article")
        visible = articles.objects.visible()
        mark = Concat(
            Value('data-file="'),
            Cast(OuterRef("pk"), models.CharField()),
            Value('"'),
        )
        at_the_head = visible.filter(lead_image=OuterRef("pk"))
        # ImageUse also counts unpublished texts, so the body is searched as well.
        in_the_text = visible.filter(
            image_uses__image=OuterRef("pk"), body__contains=mark
        )
        return self.filter(Exists(at_the_head) | Exists(in_the_text))

    def at_guessable_addresses(self):
        """Those on the site whose original is still at its former place, which is guessable."""
        return self.on_site().filter(file=F("former_file"))

    def without_secret(self):
        """Those that the previous release made without a secret while both releases ran."""
        return self.filter(secret="")

    def formerly_at(self, place):
        """Those whose original had this place in the storage before addresses were secret."""
        return self.exclude(former_file="").filter(former_file=place)

    def formerly_known_as(self, fingerprint):
        """Those whose renditions had this fingerprint before addresses were secret."""
        return self.exclude(former_fingerprint="").filter(
            former_fingerprint=fingerprint
        )

    def same_as(self, content_hash):
        """Those uploaded as exactly the same file."""
        return self.filter(content_hash=content_hash)

    def uploaded_by(self, user):
        return self.filter(created_by=user)

    def animated(self):
        return self.filter(frames__gt=1)

    def looking_for(self, words):
        """Those that contain every word of the search in one of SEARCHED."""
        found = self
        for word in words.split()[:MOST_WORDS]:
            either = Q()
            for name in SEARCHED:
                either |= Q(**{f"{name}__icontains": word})
            found = found.filter(either)
        return found

    def older_than(self, image):
        return self.filter(pk__lt=image)

    def without_alt(self):
        """Those without an alt text that are not marked as decorative."""
        return self.filter(alt="", decorative=False)

    def without_credit(self):
        return self.filter(credit="")

    def unused(self):
        """Those that no article and no working copy uses."""
        # Subqueries, because PostgreSQL underestimates the rows that a join leaves.
        return self.exclude(uses__isnull=False).exclude(leads__isnull=False)

    def without_renditions(self):
        """Those of which some renditions may not have been made yet."""
        return self.filter(renditions_made_at=None)

    def newest(self, number):
        """Those among the newest images of the library, at most this many."""
        newest = self.model.objects.newest_first()[:number]
        return self.filter(pk__in=newest.values("pk"))

    def newest_first(self):
        return self.order_by("-id")


class Image(models.Model):
    """A picture of the library. Articles refer to its key, so a change here shows everywhere."""

    # First, because its pre_save sets width, height and other fields that are saved after it.
    file = PictureField(_("file"), upload_to=place_of_original)
    title = models.CharField(_("title"), max_length=250, blank=True)
    alt = models.CharField(
        _("alt text"),
        max_length=500,
        blank=True,
        help_text=_(
            "What the picture shows, for people who cannot see it. Not the file name."
        ),
    )
    decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("The picture adds nothing to the text; screen readers skip it."),
    )
    caption = models.TextField(_("caption"), blank=True)
    credit = models.CharField(
        _("credit"),
        max_length=250,
        blank=True,
        help_text=_("The photographer or agency, as shown under the picture."),
    )
    licence = models.CharField(_("licence"), max_length=250, blank=True)
    source = models.CharField(
        pgettext_lazy("of a picture", "source"),
        max_length=500,
        blank=True,
        help_text=_("Where it comes from: an agency and its number, or a web address."),
    )
    focal_x = models.FloatField(
        _("focal point, horizontal"),
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_(
            "The point that stays visible when the picture is cropped, from 0 (left) to 1 (right)."
        ),
    )
    focal_y = models.FloatField(
        _("focal point, vertical"),
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("From 0 (top) to 1 (bottom)."),
    )
    # In pixels, after rotation.
    width = models.PositiveIntegerField(_("width"), default=0, editable=False)
    height = models.PositiveIntegerField(_("height"), default=0, editable=False)
    has_alpha = models.BooleanField(default=False, editable=False)
    frames = models.PositiveIntegerField(_("frames"), default=1, editable=False)
    # SHA-256 of the file as uploaded.
    content_hash = models.CharField(
        max_length=64, default="", editable=False, db_index=True
    )
    # The same hash, set only by uploads: of two simultaneous uploads of one file, one wins.
    upload_key = models.CharField(  # noqa: DJ001 - unique: none is NULL
        max_length=64, null=True, unique=True, editable=False
    )
    # Part of the fingerprint. Empty only for rows that an older release made.
    secret = models.CharField(
        max_length=32, default=new_secret, db_default="", editable=False
    )
    fingerprint = FingerprintField()
    # The fingerprint and the place of the original before addresses were secret; empty for
    # newer images.
    former_fingerprint = models.CharField(
        max_length=32, default="", db_default="", editable=False, db_index=True
    )
    former_file = models.CharField(
        max_length=100, default="", db_default="", editable=False, db_index=True
    )
    # When all renditions were complete in the storage; empty until then.
    renditions_made_at = models.DateTimeField(null=True, editable=False)

    taken_down_at = models.DateTimeField(
        _("taken off the site"), null=True, editable=False
    )
    taken_down_by_name = models.CharField(
        _("taken off by"), max_length=200, blank=True, editable=False
    )
    taken_down_reason = models.TextField(_("reason"), blank=True, editable=False)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(
        _("uploaded"), default=timezone.now, editable=False
    )
    modified_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                name="focal_points_are_in_the_picture",
                condition=Q(focal_x__gte=0, focal_x__lte=1)
                & Q(focal_y__gte=0, focal_y__lte=1),
            )
        ]
        indexes = [
            # For `tick`, which asks for these rows all the time. There are few, later none.
            models.Index(
                name="pictures_to_be_moved",
                fields=["id"],
                condition=Q(file=F("former_file")),
            )
        ]

    def __str__(self):
        return self.title or self.alt or _("Picture %(number)s") % {"number": self.pk}

    def clean(self):
        if self.needs_words:
            raise ValidationError(
                {
                    "alt": _(
                        "Describe what the picture shows, or mark it as decorative."
                    ),
                }
            )

    @property
    def is_animated(self):
        return self.frames > 1

    def editable_by(self, user):
        """Editors may change every image, writers those that they uploaded."""
        return user.has_perm("articles.change_image") and (
            user.has_perm("articles.publish_article") or self.created_by_id == user.pk
        )

    @property
    def needs_words(self):
        """Whether it still needs an alt text, or the mark that it is decorative."""
        return not self.alt.strip() and not self.decorative

    @property
    def is_on_site(self):
        return self.taken_down_at is None

    @property
    def focal(self):
        return self.focal_x, self.focal_y

    @property
    def recipes(self):
        """The recipes of all its renditions; see articles.images.processing.specs."""
        return recipes_for(
            self.width,
            self.height,
            has_alpha=self.has_alpha,
            is_animated=self.is_animated,
        )

    def recipe_named(self, name):
        """Its recipe with this name, or None."""
        return next((one for one in self.recipes if one.name == name), None)

    def in_shape(self, shape):
        """Its recipes of this shape, from narrow to wide."""
        return [one for one in self.recipes if one.shape == shape]

    @property
    def medium(self):
        """A recipe for the desk and for feeds: shown by every browser, if possible MEDIUM wide."""
        whole = self.in_shape(WHOLE)
        last = whole[-1].ending
        fitting = [one for one in whole if one.ending == last]
        return next((one for one in fitting if one.width >= MEDIUM), fitting[-1])

    @property
    def small(self):
        """A recipe for grids of images, shown by every browser."""
        return [one for one in self.in_shape(CARD) if one.ending in {"jpg", "png"}][0]

    @property
    def thumbnail(self):
        return self.address_of(self.small)

    def place_of(self, recipe):
        """The place of a rendition in the storage."""
        return f"{RENDITIONS}/{self.fingerprint}/{recipe.name}"

    def former_place_of(self, recipe):
        """Its place before addresses were secret; None if the rendition has changed since."""
        if self.former_fingerprint != _fingerprint(self, secret=""):
            return None
        return f"{RENDITIONS}/{self.former_fingerprint}/{recipe.name}"

    def address_of(self, recipe):
        """The public address of a rendition. Until all exist, it is ours, where we make it."""
        place = self.place_of(recipe)
        if self.renditions_made_at is None:
            return f"{settings.MEDIA_URL}{place}"
        return default_storage.url(place)


class ImageUse(models.Model):
    """An image is used by an article, its working copy or its scheduled changes."""

    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.CASCADE,
        related_name="image_uses",
        verbose_name=_("article"),
    )
    image = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        related_name="uses",
        verbose_name=_("picture"),
    )

    class Meta:
        verbose_name = _("use of a picture")
        verbose_name_plural = _("uses of pictures")
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                name="one_row_for_each_use", fields=["article", "image"]
            )
        ]

    def __str__(self):
        return _("Picture %(picture)s in article %(article)s") % {
            "picture": self.image_id,
            "article": self.article_id,
        }
