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

from articles.images.processing.rendering import VERSION
from articles.images.processing.specs import CARD, TYPES, WHOLE, recipes_for
from articles.images.processing.validation import accepted, random_name

ORIGINALS = "originals"
RENDITIONS = "renditions"
# Originals of pictures that were taken off the site: nothing serves this folder.
WITHHELD = "withheld"
# In pixels: as wide as the column of text.
MEDIUM = 720
# What is said of a picture, and looked into by a search.
SEARCHED = ["title", "alt", "caption", "credit", "source"]
# Of a search, so many words are looked for.
MOST_WORDS = 10


class PictureFile(FieldFile):
    """The file of a picture, decoded and encoded anew before it is stored; see articles.images.processing.validation."""

    def store(self):
        """
        Put what was assigned into the storage, and set what the row says of the picture itself.

        Takes long: where a transaction follows, it is called before. Raises PictureRefused.
        """
        image, picture = self.instance, accepted(self.file)
        image.width, image.height = picture.width, picture.height
        image.has_alpha, image.frames = picture.has_alpha, picture.frames
        image.content_hash = picture.sent_hash
        image.renditions_made_at = None
        name = random_name(picture.extension)
        self.save(name, typed_file(name, picture.file), save=False)


class PictureField(models.FileField):
    """A picture that is accepted and encoded anew on every way into the storage. Raises PictureRefused."""

    attr_class = PictureFile

    def pre_save(self, image, add):
        file = getattr(image, self.attname)
        if file and not file._committed:
            file.store()
        return file


def typed_file(name, content):
    """The content, bytes or an open file, as a file that a store serves as what we say it is."""
    file = ContentFile(content) if isinstance(content, bytes) else File(content)
    file.content_type = TYPES[name.rpartition(".")[2]]
    return file


class FingerprintField(models.CharField):
    """
    What the addresses of the renditions begin with: another one as soon as they would look otherwise.

    It depends on a secret of the row, so that nobody who has the picture knows its address.
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
        """What may be shown: not taken off the site."""
        return self.filter(taken_down_at=None)

    def taken_down(self):
        return self.exclude(taken_down_at=None)

    def shown_to_readers(self):
        """Those that stand at the head or in the text of an article that the public may see."""
        articles = self.model._meta.apps.get_model("articles", "Article")
        visible = articles.objects.visible()
        mark = Concat(
            Value('data-file="'),
            Cast(OuterRef("pk"), models.CharField()),
            Value('"'),
        )
        at_the_head = visible.filter(lead_image=OuterRef("pk"))
        # The rows of ImageUse also tell of texts that are not published yet.
        in_the_text = visible.filter(
            image_uses__image=OuterRef("pk"), body__contains=mark
        )
        return self.filter(Exists(at_the_head) | Exists(in_the_text))

    def at_guessable_addresses(self):
        """Those on the site whose original still lies where its name follows from its content, as all did once."""
        return self.on_site().filter(file=F("former_file"))

    def without_secret(self):
        """Those made by a version of this program that knew of no secret, while it was replaced."""
        return self.filter(secret="")

    def formerly_at(self, place):
        """Those whose original lay at this place before addresses were secret."""
        return self.exclude(former_file="").filter(former_file=place)

    def formerly_known_as(self, fingerprint):
        """Those whose renditions began with this before addresses were secret."""
        return self.exclude(former_fingerprint="").filter(
            former_fingerprint=fingerprint
        )

    def same_as(self, content_hash):
        """Those that were sent as the very same file."""
        return self.filter(content_hash=content_hash)

    def uploaded_by(self, user):
        return self.filter(created_by=user)

    def animated(self):
        return self.filter(frames__gt=1)

    def looking_for(self, words):
        """Those that say each of the words somewhere: title, alt text, caption, credit or source."""
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
        """Those of which nobody has said what is to be seen, nor that they only decorate."""
        return self.filter(alt="", decorative=False)

    def without_credit(self):
        return self.filter(credit="")

    def unused(self):
        """Those that stand in no article, as it is or as it is being written."""
        # Subqueries: of a join, PostgreSQL believes that it leaves hardly any row.
        return self.exclude(uses__isnull=False).exclude(leads__isnull=False)

    def newest_first(self):
        return self.order_by("-id")


class Image(models.Model):
    """A picture of the library; wherever it is used, its key stands, so that what is mended here is mended everywhere."""

    # First: it sets width, height and the rest, and they are stored after it.
    file = PictureField(upload_to=place_of_original)
    title = models.CharField(max_length=250, blank=True)
    alt = models.CharField(
        "alt text",
        max_length=500,
        blank=True,
        help_text="What is to be seen, for those who cannot see it. Not the name of the file.",
    )
    decorative = models.BooleanField(
        default=False,
        help_text="It says nothing that the text does not say; screen readers pass over it.",
    )
    caption = models.TextField(blank=True)
    credit = models.CharField(
        max_length=250, blank=True, help_text="Whose it is, as it stands under it."
    )
    licence = models.CharField(max_length=250, blank=True)
    source = models.CharField(
        max_length=500,
        blank=True,
        help_text="Where it comes from: an agency and its number, or an address.",
    )
    focal_x = models.FloatField(
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="The point that stays in sight when it is cropped, from 0 (left) to 1 (right).",
    )
    focal_y = models.FloatField(
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="From 0 (top) to 1 (bottom).",
    )
    # In pixels, the right way up.
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    has_alpha = models.BooleanField(default=False, editable=False)
    frames = models.PositiveIntegerField(default=1, editable=False)
    # SHA-256 of the file as it was sent.
    content_hash = models.CharField(
        max_length=64, default="", editable=False, db_index=True
    )
    # The same, set by an upload alone: of two uploads of one file at once, one makes the row.
    upload_key = models.CharField(  # noqa: DJ001 - unique: none is NULL
        max_length=64, null=True, unique=True, editable=False
    )
    # The addresses of the picture depend on it; empty only where an older version of this
    # program made the row.
    secret = models.CharField(
        max_length=32, default=new_secret, db_default="", editable=False
    )
    fingerprint = FingerprintField()
    # The fingerprint and the place of the original from before addresses were secret; empty
    # for a picture that is newer.
    former_fingerprint = models.CharField(
        max_length=32, default="", db_default="", editable=False, db_index=True
    )
    former_file = models.CharField(
        max_length=100, default="", db_default="", editable=False, db_index=True
    )
    # When every rendition was in the storage; empty until then.
    renditions_made_at = models.DateTimeField(null=True, editable=False)

    taken_down_at = models.DateTimeField(null=True, editable=False)
    taken_down_by_name = models.CharField(max_length=200, blank=True, editable=False)
    taken_down_reason = models.TextField(blank=True, editable=False)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    modified_at = models.DateTimeField(auto_now=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="focal_points_are_in_the_picture",
                condition=Q(focal_x__gte=0, focal_x__lte=1)
                & Q(focal_y__gte=0, focal_y__lte=1),
            )
        ]
        indexes = [
            # Few rows, and none once all are moved: `tick` asks for them all the time.
            models.Index(
                name="pictures_to_be_moved",
                fields=["id"],
                condition=Q(file=F("former_file")),
            )
        ]

    def __str__(self):
        return self.title or self.alt or f"Picture {self.pk}"

    def clean(self):
        if self.needs_words:
            raise ValidationError(
                {
                    "alt": "Say what is to be seen, or that the picture only decorates.",
                }
            )

    @property
    def is_animated(self):
        return self.frames > 1

    def editable_by(self, user):
        """Editors mend every picture, writers those that they uploaded."""
        return user.has_perm("articles.change_image") and (
            user.has_perm("articles.publish_article") or self.created_by_id == user.pk
        )

    @property
    def needs_words(self):
        """Whether nobody has said yet what is to be seen."""
        return not self.alt.strip() and not self.decorative

    @property
    def is_on_site(self):
        return self.taken_down_at is None

    @property
    def focal(self):
        return self.focal_x, self.focal_y

    @property
    def recipes(self):
        """Every rendition there is to be of it; see articles.images.processing.specs."""
        return recipes_for(
            self.width,
            self.height,
            has_alpha=self.has_alpha,
            is_animated=self.is_animated,
        )

    def recipe_named(self, name):
        """The one of its recipes with this name, or None."""
        return next((one for one in self.recipes if one.name == name), None)

    def in_shape(self, shape):
        """Its recipes of this shape, from narrow to wide."""
        return [one for one in self.recipes if one.shape == shape]

    @property
    def medium(self):
        """One that every browser shows, wide enough for the desk and for feeds."""
        whole = self.in_shape(WHOLE)
        last = whole[-1].ending
        fitting = [one for one in whole if one.ending == last]
        return next((one for one in fitting if one.width >= MEDIUM), fitting[-1])

    @property
    def small(self):
        """One that every browser shows, for a grid of many."""
        return [one for one in self.in_shape(CARD) if one.ending in {"jpg", "png"}][0]

    @property
    def thumbnail(self):
        return self.address_of(self.small)

    def place_of(self, recipe):
        """Where a rendition lies in the storage."""
        return f"{RENDITIONS}/{self.fingerprint}/{recipe.name}"

    def former_place_of(self, recipe):
        """Where it lay before addresses were secret; None where it would look otherwise by now."""
        if self.former_fingerprint != _fingerprint(self, secret=""):
            return None
        return f"{RENDITIONS}/{self.former_fingerprint}/{recipe.name}"

    def address_of(self, recipe):
        """Where a browser finds a rendition: at the store once all are there, and before that with us, who make it."""
        place = self.place_of(recipe)
        if self.renditions_made_at is None:
            return f"{settings.MEDIA_URL}{place}"
        return default_storage.url(place)


class ImageUse(models.Model):
    """That a picture stands in the text or at the head of an article, as it is or as it is being written."""

    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="image_uses"
    )
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                name="one_row_for_each_use", fields=["article", "image"]
            )
        ]

    def __str__(self):
        return f"Picture {self.image_id} in article {self.article_id}"
