"""Tags that are renamed and merged: their articles, their addresses and the record of it."""

from dataclasses import dataclass
from itertools import batched

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from articles.core.append_only import name_of
from articles.core.moments import moment_in_words
from articles.models import (
    Address,
    Article,
    Tag,
    TagAddress,
    TaggedArticle,
    TagStep,
    TransitionError,
)

# Of a tag with more articles, this many are looked at to say what a merge would do.
LOOKED_AT = 10_000
# In one question to the database.
AT_ONCE = 500


def rename(tag, *, name=None, slug=None, by=None):
    """
    Give the tag another name or address; None keeps the one that it has. The old address leads here where readers know it.

    Raises TransitionError when the tag is gone, and when another one has that name, or has or had that address.
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
        _take(tag, name, slug)
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
class Consequences:
    """What a merge would do, of which the numbers end at LOOKED_AT."""

    # Articles that have the tag that goes, and that readers can see.
    articles: int
    visible: int
    # Those that have both and so get one tag less; those whose first tag changes.
    both: int
    kickers: int
    # Whether an address that readers may know leads to the other from then on.
    redirects: bool
    is_capped: bool


def consequences(goes, *, into):
    """What would change if this tag were merged into the other."""
    articles = goes.items.order_by()[: LOOKED_AT + 1].count()
    with_both = TaggedArticle.objects.filter(
        tag=into, content_object=OuterRef("content_object")
    )
    earlier = TaggedArticle.objects.filter(
        content_object=OuterRef("content_object"), pk__lt=OuterRef("pk")
    )
    return Consequences(
        articles=min(articles, LOOKED_AT),
        visible=_first_items(goes).filter(is_visible()).count(),
        both=_first_items(goes).filter(Exists(with_both)).count(),
        kickers=_first_items(goes).filter(~Exists(earlier)).count(),
        redirects=was_public(goes),
        is_capped=articles > LOOKED_AT,
    )


def articles_with_both(one, other, *, among):
    """Those among the articles that have both tags, the last one made first."""
    return among.tagged(one).tagged(other).order_by("-pk").only("title")


def merge(goes, *, into, by=None):
    """
    Give every article of the one tag the other instead, at the same place, and delete the one.

    An article that has both keeps the place that comes first: a kicker stays above its
    headline. The address and the name lead to the tag that stays. Returns the record,
    which `undo` takes.

    Raises TransitionError when somebody else was quicker.
    """
    if goes == into:
        raise TransitionError("A tag cannot be merged into itself.")
    try:
        return _merge(goes, into, by)
    except IntegrityError as error:
        raise TransitionError(
            "Somebody gave an article these tags in the same moment. Nothing was done; try again."
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


def undo(step, *, by=None):
    """
    Bring back the tag that was merged away, its addresses and its place in each article.

    Raises TransitionError when an article of it was given other tags since, when its name
    or address is in use again, when the tag that stayed is gone, and when it is undone.
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
    """Whether readers can have seen the tag: on an article that they can see, or could."""
    # From the tag's own rows: from the side of the articles, a tag that nobody can see
    # would make SQLite read every one of them.
    used = Address.objects.used().filter(article=OuterRef("content_object"))
    return tag.items.filter(is_visible() | Exists(used)).exists()


def is_public(tag):
    """Whether readers can see the tag now."""
    return tag.items.filter(is_visible()).exists()


def is_visible():
    """The condition on a row of a tag that readers can see its article."""
    return Exists(Article.objects.visible().filter(pk=OuterRef("content_object")))


def _locked(*tags, staying=None):
    """
    The tags as they are, each by its key, held until the transaction ends; all in one order, so that nobody waits for ever.

    Meanwhile no article can get one of them, but for the one that stays.
    """
    found = {}
    for tag in sorted(tags, key=lambda tag: tag.pk):
        held = Tag.objects.select_for_update(no_key=tag == staying)
        found[tag.pk] = held.filter(pk=tag.pk).first()
        if found[tag.pk] is None:
            raise TransitionError(said_of_missing(tag.pk, tag.name))
    return found


def said_of_missing(key, name="That tag"):
    """A sentence about a tag that is not there any more: who merged it, if somebody did."""
    last = TagStep.objects.filter(went=key).defer("rows").first()
    if last is None or last.what != TagStep.What.MERGE:
        return f"“{name}” is not there any more. Nothing was done."
    return f"{_who_did(last)} Nothing was done."


def _who_did(step):
    return f"{step.who} {step.in_words} on {moment_in_words(step.at)}.".replace(
        "the machine", "The machine", 1
    )


def _check_address(tag, slug):
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise TransitionError(
            f"“{slug}” cannot be an address: {' '.join(error.messages)}"
        ) from error
    if not tag.slug_free(slug):
        raise TransitionError(
            f"The address “{slug}” belongs to another tag. Choose another one."
        )


def _take(tag, name, slug):
    try:
        with transaction.atomic():
            Tag.objects.filter(pk=tag.pk).update(name=name, slug=slug)
    except IntegrityError as error:
        raise TransitionError(
            f"Another tag is called “{name}” by now, or has its address. Choose another one."
        ) from error


def _keep_address(tag, *, by_now, seen=None):
    """Let the address and the name that the tag had lead to the tag that has them by now."""
    seen = was_public(tag) if seen is None else seen
    address, is_new = TagAddress.objects.get_or_create(
        slug=tag.slug, defaults={"name": tag.name, "tag": by_now, "seen": seen}
    )
    if not is_new:
        address.name, address.tag = tag.name, by_now
        address.seen = address.seen or seen
        address.save(update_fields=["name", "tag", "seen"])


def _rows(goes, stays):
    """
    What a merge does to which rows, each as its key and its article.

    `moved` get the other tag; `dropped` are those of articles that have both, with the tag
    they had; `kept` are the rows that stand for them, where these do not move.
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
    """The tag that stayed, when the merge can still be undone."""
    stays = _locked(Tag(pk=step.tag_id, name=step.name))[step.tag_id]
    if done := TagStep.objects.filter(undoes=step).first():
        raise TransitionError(f"{_who_did(done)} Nothing was done.")
    if Tag.objects.filter(name__iexact=step.old_name).exists():
        raise TransitionError(
            f"There is another tag “{step.old_name}” by now. Rename it, then undo the merge."
        )
    if not stays.slug_free(step.old_slug) or stays.slug == step.old_slug:
        raise TransitionError(
            f"Another tag has the address “{step.old_slug}” by now. "
            "Give that one another address, then undo the merge."
        )
    return stays


def _check_untouched(step, stays):
    """The keys of the articles that were deleted since; of any other that was given other tags, a refusal."""
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
    named = ", ".join(f"“{title}”" for title in titles[:3])
    more = f" and {len(titles) - 3:,} more" if len(titles) > 3 else ""
    return (
        f"The tags of these articles were changed since: {named}{more}. "
        "So the merge cannot be undone; nothing was done. Change their tags one by one."
    )


def _first_items(tag):
    first = tag.items.order_by("pk").values("pk")[:LOOKED_AT]
    return TaggedArticle.objects.filter(pk__in=first)
