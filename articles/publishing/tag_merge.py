"""Renaming and merging tags: their articles, their former addresses, and the record."""

from dataclasses import dataclass
from itertools import batched

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.core.append_only import name_of
from articles.core.moments import moment_in_words
from articles.core.slugs import validate_slug
from articles.core.text.names import name_key
from articles.core.text.word_list import word_list
from articles.models import (
    Address,
    Article,
    Tag,
    TagAddress,
    TaggedArticle,
    TagStep,
    TransitionError,
)

# The articles of a tag that are counted for the consequences of a merge.
MOST_ARTICLES_COUNTED = 10_000
# The rows in one database query.
AT_ONCE = 500


def rename_tag(tag, *, name=None, slug=None, by=None):
    """
    Change the name or the slug of a tag; None keeps it. A slug that readers know redirects.

    Raises TransitionError when the tag was deleted, and when another one has the name, or
    has or had the slug.
    """
    with transaction.atomic():
        old = _locked(tag)[tag.pk]
        name = old.name if name is None else name
        slug = old.slug if slug is None else slug
        if (old.name, old.slug) == (name, slug):
            tag.refresh_from_db()
            return
        _check_address(old, slug)
        _keep_address(old, by_now=old)
        _store(tag, name, slug)
        TagStep.objects.create(
            tag=tag,
            what=TagStep.What.RENAME,
            name=name,
            old_name=old.name,
            old_slug=old.slug,
            by=by,
            by_name=name_of(by),
        )
    tag.refresh_from_db()


@dataclass(frozen=True)
class MergeConsequences:
    """What a merge would do. The numbers count at most MOST_ARTICLES_COUNTED articles."""

    # The articles with the tag that is merged away, and those of them that are visible.
    articles: int
    visible: int
    # The articles with both tags, which get one less; those whose kicker changes.
    both: int
    kickers: int
    # Whether an address that readers may know will redirect.
    redirects: bool
    is_capped: bool


def consequences(goes, *, into):
    """The consequences of merging the tag `goes` into another."""
    articles = goes.items.order_by()[: MOST_ARTICLES_COUNTED + 1].count()
    with_both = TaggedArticle.objects.filter(
        tag=into, content_object=OuterRef("content_object")
    )
    earlier = TaggedArticle.objects.filter(
        content_object=OuterRef("content_object"), pk__lt=OuterRef("pk")
    )
    return MergeConsequences(
        articles=min(articles, MOST_ARTICLES_COUNTED),
        visible=_first_items(goes).filter(is_visible()).count(),
        both=_first_items(goes).filter(Exists(with_both)).count(),
        kickers=_first_items(goes).filter(~Exists(earlier)).count(),
        redirects=was_public(goes),
        is_capped=articles > MOST_ARTICLES_COUNTED,
    )


def articles_with_both(one, other, *, among):
    """The articles `among` these that have both tags, newest first."""
    return among.tagged(one).tagged(other).order_by("-pk").only("title")


def merge(goes, *, into, by=None):
    """
    Replace the tag `goes` by `into` in all articles, delete it, and return the TagStep.

    In an article with both tags, the earlier of both positions is kept, so that a kicker
    stays the kicker. The former address and name lead to `into`. `undo_merge` takes the TagStep.

    Raises TransitionError when somebody else changed these tags at the same moment.
    """
    if goes == into:
        raise TransitionError(_("A tag cannot be merged into itself."))
    try:
        return _merge(goes, into, by)
    except IntegrityError as error:
        raise TransitionError(
            _(
                "Someone gave an article these tags at the same moment. Nothing was changed; try again."
            )
        ) from error


def _merge(goes, into, by):
    with transaction.atomic():
        tags = _locked(goes, into, staying=into)
        goes, stays = tags[goes.pk], tags[into.pk]
        rows, seen = _rows(goes, stays), was_public(goes)
        addresses = list(goes.addresses.values_list("slug", flat=True))
        for some in batched(rows["dropped"], AT_ONCE, strict=False):
            TaggedArticle.objects.filter(pk__in=[row[0] for row in some]).delete()
        goes.items.update(tag=stays)
        goes.addresses.update(tag=stays)
        _keep_address(goes, by_now=stays, seen=seen)
        step = TagStep.objects.create(
            tag=stays,
            what=TagStep.What.MERGE,
            name=stays.name,
            old_name=goes.name,
            old_slug=goes.slug,
            went=goes.pk,
            rows=rows | {"addresses": addresses},
            by=by,
            by_name=name_of(by),
        )
        Tag.objects.filter(pk=goes.pk).delete()
    return step


def undo_merge(step, *, by=None):
    """
    Undo a merge: bring back the tag, its addresses and its position in each article.

    Raises TransitionError when the tags of an article were changed since, when the name or
    slug is in use again, when the other tag was deleted, and when it is already undone.
    """
    with transaction.atomic():
        stays = _locked_for_undoing(step)
        gone = _check_untouched(step, stays)
        tag = Tag.objects.create(pk=step.went, name=step.old_name, slug=step.old_slug)
        stays.addresses.filter(slug=step.old_slug).delete()
        stays.addresses.filter(slug__in=step.rows["addresses"]).update(tag=tag)
        for some in batched(step.rows["moved"], AT_ONCE, strict=False):
            rows = TaggedArticle.objects.filter(pk__in=[row[0] for row in some])
            rows.update(tag=tag)
        TaggedArticle.objects.bulk_create(
            TaggedArticle(pk=pk, content_object_id=article, tag_id=tag_id)
            for pk, article, tag_id in step.rows["dropped"]
            if article not in gone
        )
        TagStep.objects.create(
            tag=stays,
            what=TagStep.What.UNDO,
            name=stays.name,
            old_name=tag.name,
            old_slug=tag.slug,
            went=tag.pk,
            undoes=step,
            by=by,
            by_name=name_of(by),
        )
    return tag


def was_public(tag):
    """Whether readers may have seen the tag, on an article that is or was public."""
    # Start from the tag's own rows. Starting from the articles, SQLite would read all of
    # them for a tag that nobody can see.
    used = Address.objects.used().filter(article=OuterRef("content_object"))
    return tag.items.filter(is_visible() | Exists(used)).exists()


def is_public(tag):
    """Whether readers can see the tag now."""
    return tag.items.filter(is_visible()).exists()


def is_visible():
    """A condition on a TaggedArticle: its article is visible."""
    return Exists(Article.objects.visible().filter(pk=OuterRef("content_object")))


def _locked(*tags, staying=None):
    """
    Lock and reload the tags: a dict by primary key. A fixed order avoids deadlocks.

    Until the transaction ends, articles can get only the tag `staying`, none of the others.
    """
    found = {}
    for tag in sorted(tags, key=lambda tag: tag.pk):
        held = Tag.objects.select_for_update(no_key=tag == staying)
        found[tag.pk] = held.filter(pk=tag.pk).first()
        if found[tag.pk] is None:
            raise TransitionError(said_of_missing(tag.pk, tag.name))
    return found


def said_of_missing(key, name=""):
    """A sentence about a tag that no longer exists: who merged it, if that is known."""
    last = TagStep.objects.filter(went=key).defer("rows").first()
    if last is None or last.what != TagStep.What.MERGE:
        if not name:
            return _("This tag no longer exists. Nothing was changed.")
        return _("“%(name)s” no longer exists. Nothing was changed.") % {"name": name}
    return _nothing_done(last)


def _nothing_done(step):
    return _("%(name)s %(did)s on %(time)s. Nothing was changed.") % {
        "name": step.who,
        "did": step.in_words,
        "time": moment_in_words(step.at),
    }


def _check_address(tag, slug):
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise TransitionError(
            _("“%(slug)s” cannot be an address: %(reason)s")
            % {"slug": slug, "reason": " ".join(error.messages)}
        ) from error
    if not tag.slug_free(slug):
        raise TransitionError(
            _("The address “%(slug)s” belongs to another tag. Choose another one.")
            % {"slug": slug}
        )


def _store(tag, name, slug):
    try:
        with transaction.atomic():
            Tag.objects.filter(pk=tag.pk).update(
                name=name, key=name_key(name), slug=slug
            )
    except IntegrityError as error:
        raise TransitionError(
            _(
                "Another tag now has the name “%(name)s” or its address. Choose another one."
            )
            % {"name": name}
        ) from error


def _keep_address(tag, *, by_now, seen=None):
    """Store the slug and name of `tag` as former ones of the tag `by_now`."""
    seen = was_public(tag) if seen is None else seen
    address, is_new = TagAddress.objects.get_or_create(
        slug=tag.slug, defaults={"name": tag.name, "tag": by_now, "seen": seen}
    )
    if not is_new:
        address.name, address.tag = tag.name, by_now
        address.seen = address.seen or seen
        address.save(update_fields=["name", "key", "tag", "seen"])


def _rows(goes, stays):
    """
    The TaggedArticle rows that a merge affects, as lists of the row's and the article's key.

    `moved` rows get the other tag. `dropped` rows, with their tag's key as a third value,
    are deleted because the article has both tags. `kept` rows remain for such articles
    without being moved.
    """
    of_goes = dict(goes.items.values_list("content_object", "pk"))
    both = stays.items.filter(content_object__tagged__tag=goes)
    moved, kept, dropped = dict(of_goes), {}, []
    for article, row in both.values_list("content_object", "pk"):
        if of_goes[article] < row:
            dropped.append([row, article, stays.pk])
        else:
            dropped.append([moved.pop(article), article, goes.pk])
            kept[article] = row
    return {
        "moved": [[row, article] for article, row in moved.items()],
        "kept": [[row, article] for article, row in kept.items()],
        "dropped": dropped,
    }


def _locked_for_undoing(step):
    """Lock and return the tag that stayed. Raises TransitionError if the merge cannot be undone."""
    stays = _locked(Tag(pk=step.tag_id, name=step.name))[step.tag_id]
    if done := TagStep.objects.filter(undoes=step).first():
        raise TransitionError(_nothing_done(done))
    if Tag.objects.filter(key=name_key(step.old_name)).exists():
        raise TransitionError(
            _("Another tag is now called “%(name)s”. Rename it, then undo the merge.")
            % {"name": step.old_name}
        )
    if not stays.slug_free(step.old_slug) or stays.slug == step.old_slug:
        raise TransitionError(
            _(
                "Another tag now has the address “%(slug)s”. "
                "Give that one another address, then undo the merge."
            )
            % {"slug": step.old_slug}
        )
    return stays


def _check_untouched(step, stays):
    """
    The keys of the articles that were deleted since the merge.

    Raises TransitionError when the tags of other articles were changed since.
    """
    expected = dict(step.rows["moved"] + step.rows["kept"])
    there = set()
    for some in batched(expected, AT_ONCE, strict=False):
        rows = TaggedArticle.objects.select_for_update(no_key=True).filter(
            pk__in=some, tag=stays
        )
        there.update(rows.values_list("pk", flat=True))
    missing = {article for row, article in expected.items() if row not in there}
    touched = {
        pk: title
        for some in batched(missing, AT_ONCE, strict=False)
        for pk, title in Article.objects.filter(pk__in=some).values_list("pk", "title")
    }
    if touched:
        raise TransitionError(_refusal(list(touched.values())))
    return missing


def _refusal(titles):
    named = [f"“{title}”" for title in titles[:3]]
    if more := len(titles) - len(named):
        named.append(
            ngettext("%(number)d more", "%(number)d more", more) % {"number": more}
        )
    return _(
        "The tags of these articles were changed in the meantime: %(articles)s. "
        "The merge cannot be undone and nothing was changed. Change their tags one by one."
    ) % {"articles": word_list(named)}


def _first_items(tag):
    first = tag.items.order_by("pk").values("pk")[:MOST_ARTICLES_COUNTED]
    return TaggedArticle.objects.filter(pk__in=first)
