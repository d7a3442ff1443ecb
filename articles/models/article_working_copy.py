"""
What an article says: the article itself, which readers see, and its working copy.

The working copy of an article that is or was on the site is its newest revision. All
content is passed around as snapshots: see articles.content.snapshots.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from articles.content.snapshots import TEXTS, differing_parts, pictures_in, snapshot_of
from articles.core.append_only import name_of
from articles.models.article_status import Status
from articles.models.held_row import on_held_row
from articles.models.image import Image, ImageUse
from articles.models.people import Person
from articles.models.revision import Revision
from articles.models.step import TransitionError


def keeps_changes_apart(article):
    """Whether changes wait in the working copy, because the article is or was on the site."""
    return article.status in [Status.PUBLISHED, Status.WITHDRAWN]


def working_copy(article):
    """The newest revision, which the form edits; None before there is one."""
    return article.revisions.working().first()


def working_content(article):
    """The snapshot that the form edits: of the working copy, or else of the article itself."""
    copy = working_copy(article) if keeps_changes_apart(article) else None
    return copy.content if copy else snapshot_of(article)


def has_unpublished_changes(article):
    """Whether the working copy differs from what readers see."""
    return keeps_changes_apart(article) and bool(
        differing_parts(working_content(article), snapshot_of(article))
    )


@on_held_row
def write_snapshot(article, content, *, by=None):
    """
    Write a snapshot into the article itself. Parts that the snapshot lacks stay as they are.

    Raises TransitionError when the slug of the snapshot now belongs to another article, or its
    language to another version of this one.
    """
    changed = differing_parts(content, snapshot_of(article))
    if "language" in changed and article.other_in(content["language"]):
        raise TransitionError(
            _("“%(article)s” has another version in this language (%(language)s).")
            % {"article": article, "language": content["language"]}
        )
    if "slug" in changed:
        article.rename(content["slug"], by=by)
    texts = {
        name: content[name] for name in TEXTS if name in changed and name != "slug"
    }
    type(article).objects.filter(pk=article.pk).update(
        **texts, modified_at=timezone.now()
    )
    if "lead_image" in changed:
        _set_lead(article, content["lead_image"])
    if "byline" in changed:
        article.set_byline(*Person.objects.credited(content["byline"]))
    if "tags" in changed:
        article.tags.clear()
        article.tags.add(*content["tags"])
    article.note_pictures()
    article.reread()


def note_pictures(article):
    """
    Store which images of the library the article uses, for ImageUse.

    Counted are the article itself, its working copy and its scheduled changes.
    """
    now = type(article).objects.get(pk=article.pk)
    contents = [snapshot_of(now), now.working_content()]
    contents += [one.content for one in article.revisions.scheduled()]
    keys = {key for content in contents for key in pictures_in(content)}
    there = set(Image.objects.filter(pk__in=keys).values_list("pk", flat=True))
    article.image_uses.exclude(image__in=there).delete()
    ImageUse.objects.bulk_create(
        [ImageUse(article=article, image_id=key) for key in sorted(there)],
        ignore_conflicts=True,
    )


def keep_revision(article, *, kind=Revision.Kind.DRAFT, by=None, at=None, **fields):
    """
    Store the article itself as a revision, and return it.

    When the newest revision has the same content, no row is made: that one gets the kind.
    `at` defaults to now; `fields` are further fields of a new Revision.
    """
    content, newest = snapshot_of(article), article.working_copy
    published = {}
    if kind == Revision.Kind.PUBLISHED:
        published = {"published_at": article.published_at, "publish_at": None}
    if newest is not None and newest.content == content:
        if newest.kind != kind and not newest.is_published:
            Revision.objects.filter(pk=newest.pk).update(kind=kind, **published)
        return article.working_copy
    return article.revisions.create(
        kind=kind,
        content=content,
        by=by,
        by_name=name_of(by),
        at=at or timezone.now(),
        **published,
        **fields,
    )


def was_rewritten(article):
    """Whether an unpublished article differs from what was last published or scheduled."""
    if article.keeps_changes_apart:
        return False
    last = article.revisions.published().newest_first().first()
    if last is None:
        return article.revisions.exists()
    return bool(differing_parts(last.content, snapshot_of(article)))


def _set_lead(article, lead):
    """Store the lead image of a snapshot. An image that was deleted since leaves none."""
    lead = lead or {}
    image = Image.objects.filter(pk=lead.get("image")).first()
    type(article).objects.filter(pk=article.pk).update(
        lead_image=image,
        lead_alt=lead.get("alt", "") if image else "",
        lead_caption=lead.get("caption", "") if image else "",
    )
