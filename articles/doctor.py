"""The checks for `doctor` of articles, addresses and names, and of the image library."""

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from articles.content.html import keys_in
from articles.core.checks import DoctorCheck, DoctorFinding, in_batches
from articles.core.text.names import name_key
from articles.images.library import make_address_secret
from articles.images.renditions import folders_in, names_in, unused
from articles.models import Address, Article, Image, ImageUse, Person, Tag, TagAddress
from articles.models.article_addresses import hold_address
from articles.models.image import ORIGINALS, WITHHELD

# The rows that one query loads.
ROWS_PER_QUERY = 1_000


def files_without_a_picture():
    """Files without a row, as a crash between storing both leaves them."""
    for top in [ORIGINALS, WITHHELD]:
        for folder in folders_in(top):
            for name in names_in(f"{top}/{folder}"):
                place = f"{top}/{folder}/{name}"
                if not Image.objects.filter(file=place).exists():
                    yield DoctorFinding(
                        name=place,
                        sentence="It belongs to no picture of the library.",
                        mend=partial(_delete_orphan, place),
                    )


def pictures_without_a_file():
    for images in in_batches(Image.objects.all(), ROWS_PER_QUERY):
        for image in images:
            if not default_storage.exists(image.file.name):
                yield DoctorFinding(
                    name=f"picture {image.pk}, “{image}”",
                    sentence=f"Its file {image.file.name} is lost. Put another one in its place.",
                )


def renditions_of_nothing():
    for place in unused():
        yield DoctorFinding(
            name=place,
            sentence="No picture on the site looks like this.",
            mend=partial(default_storage.delete, place),
        )


def guessable_addresses():
    """Images whose addresses can be computed from the picture; `tick` moves them in portions."""
    for images in [
        Image.objects.at_guessable_addresses(),
        Image.objects.without_secret(),
    ]:
        for batch in in_batches(images, ROWS_PER_QUERY):
            for image in batch:
                yield DoctorFinding(
                    name=f"picture {image.pk}, “{image}”",
                    sentence="Its address follows from the picture itself: whoever has it can ask whether it is here.",
                    mend=partial(make_address_secret, image),
                )


def wrong_uses():
    """Articles with images that the rows of ImageUse do not list."""
    for articles in in_batches(_with_pictures(), ROWS_PER_QUERY):
        listed = {}
        for use in ImageUse.objects.filter(article__in=articles):
            listed.setdefault(use.article_id, set()).add(use.image_id)
        for article in articles:
            if not set(_shown_in(article)) <= listed.get(article.pk, set()):
                yield DoctorFinding(
                    name=f"“{article}”",
                    sentence="A picture stands in it of which the library does not know that.",
                    mend=article.note_pictures,
                )


def wrong_name_keys():
    """Names without their key, as a release wrote them that does not know keys."""
    for model in [Tag, TagAddress, Person]:
        for rows in in_batches(model.objects.only("name", "key"), ROWS_PER_QUERY):
            for row in rows:
                if row.key == name_key(row.name):
                    continue
                twice = model is Tag and Tag.objects.filter(key=name_key(row.name))
                yield DoctorFinding(
                    name=f"{model._meta.verbose_name} {row.pk}, “{row.name}”",
                    sentence="There is another tag of this name. Merge the two at the desk."
                    if twice
                    else "It is not found by its name in other capitals or spaces.",
                    mend=None
                    if twice
                    else partial(row.save, update_fields=["name", "key"]),
                )


def published_without_an_address():
    """Articles that are public, or will be, whose present slug is not reserved for them."""
    for articles in in_batches(Article.objects.without_their_address(), ROWS_PER_QUERY):
        for article in articles:
            holder = Address.objects.filter(slug=article.slug).first()
            yield DoctorFinding(
                name=f"“{article}”",
                sentence=f"Its address “{article.slug}” is not kept for it."
                if holder is None
                else f"Its address “{article.slug}” is kept for article {holder.article_id}.",
                # Readers may know it as the other's, so that somebody has to choose.
                mend=partial(_hold_address, article) if holder is None else None,
            )


ARTICLE_CHECKS = [
    DoctorCheck("addresses of published articles", published_without_an_address),
    DoctorCheck("files of pictures", files_without_a_picture),
    DoctorCheck("pictures and their files", pictures_without_a_file),
    DoctorCheck("secret addresses of pictures", guessable_addresses),
    DoctorCheck("renditions", renditions_of_nothing),
    DoctorCheck("uses of pictures", wrong_uses),
    DoctorCheck("keys of names", wrong_name_keys),
]


def _hold_address(article):
    with transaction.atomic():
        hold_address(Article.objects.select_for_update().get(pk=article.pk))


def _with_pictures():
    return Article.objects.with_pictures().only("title", "body", "lead_image")


def _shown_in(article):
    lead = [article.lead_image_id] if article.lead_image_id else []
    keys = {*lead, *keys_in(article.body)}
    return Image.objects.filter(pk__in=keys).values_list("pk", flat=True)


def _delete_orphan(place):
    # Checked again, because its row may have been stored since.
    if not Image.objects.filter(file=place).exists():
        default_storage.delete(place)
