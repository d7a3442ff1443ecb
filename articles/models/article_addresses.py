"""
The addresses of an article: its slug, the slugs it was public under, and its replacement.

See articles.models.address for the stored addresses.
"""

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.core.slugs import free_slug, slug_from, validate_slug
from articles.models.address import Address
from articles.models.article_status import Status
from articles.models.step import TransitionError

# In characters.
SLUG_LENGTH = 120
# A chain of articles that replace each other is followed through this many.
LONGEST_CHAIN = 10


def slug_of_title(article, title, language):
    """A free slug for the article, made from this title."""
    return free_slug(
        _wanted(title, language),
        taken=lambda slug: not slug_free(article, slug),
        max_length=SLUG_LENGTH,
    )


def is_made_from(article, slug, title, language):
    """Whether the article’s slug is what the title gives, and nobody typed another one."""
    wanted = _wanted(title, language)
    if slug == wanted:
        return True
    # A number follows only where another article has the slug without it.
    is_numbered = re.fullmatch(rf"{re.escape(wanted)}-\d+", slug)
    return bool(is_numbered) and not slug_free(article, wanted)


def _wanted(title, language):
    return slug_from(title, fallback="article", max_length=80, language=language)


def save_under_free_slug(article, save):
    """
    Call `save` with a free slug made from the title, again and again while others take it.

    Raises the IntegrityError of `save` when another slug would not help.
    """
    while True:
        article.slug = slug_of_title(article, article.title, article.language)
        try:
            with transaction.atomic():
                return save()
        except IntegrityError:
            # Either somebody took this slug a moment ago, or the database objects to
            # something else.
            if not _is_taken(article.slug, articles=type(article).objects):
                article.slug = ""
                raise


def give_slug_of_title(article, *, by=None):
    """Replace a provisional slug by one made from the title; others are left as they are."""
    while article.has_provisional_slug:
        slug = slug_of_title(article, article.title, article.language)
        try:
            with transaction.atomic():
                article.rename(slug, by=by)
        except IntegrityError:
            # Somebody took this slug a moment ago, or the database objects to something else.
            if slug_free(article, slug):
                raise


def slug_free(article, slug):
    """Whether this article may have the slug: no other has it, or was ever public under it."""
    return not _is_taken(slug, articles=type(article).objects, but_for=article.pk)


def stands_in(article):
    """
    The visible article that a replaced article’s address redirects to; None without one.

    Articles that were replaced themselves are followed; the chain may loop.
    """
    seen, other = {article.pk}, article.replaced_by
    while other is not None and other.pk not in seen and len(seen) < LONGEST_CHAIN:
        if other.is_visible:
            return other
        seen.add(other.pk)
        other = other.replaced_by
    return None


def hold_address(article):
    """
    Reserve the slug for this article while readers know it or are about to know it.

    A published article gets an Address from the moment at which it is public. Addresses
    that no reader has seen are deleted when the article leaves the site. Raises
    TransitionError when the slug belongs to another article.
    """
    was_seen = (
        article.is_withdrawn
        and article.public_from is not None
        and article.public_from <= timezone.now()
    )
    if article.status == Status.PUBLISHED or was_seen:
        address, _created = Address.objects.get_or_create(
            slug=article.slug,
            defaults={"article": article, "since": article.public_from},
        )
        if address.article_id != article.pk:
            raise TransitionError(
                _(
                    "The address “%(slug)s” belongs to another article. "
                    "Give “%(article)s” another one."
                )
                % {"slug": article.slug, "article": article}
            )
        article.addresses.unused().update(since=article.public_from)
        article.addresses.filter(pk=address.pk, since__gt=article.public_from).update(
            since=article.public_from
        )
    else:
        article.addresses.unused().delete()


def change_slug(article, slug):
    """
    Store another slug for the article, and reserve both addresses as far as readers know them.

    Raises TransitionError when the slug is invalid or belongs to another article.
    """
    try:
        # The field lets an empty one pass.
        validate_slug(slug)
        article._meta.get_field("slug").run_validators(slug)
    except ValidationError as error:
        raise TransitionError(
            _("“%(slug)s” cannot be an address: %(reason)s")
            % {"slug": slug, "reason": " ".join(error.messages)}
        ) from error
    if not slug_free(article, slug):
        raise TransitionError(
            _("The address “%(slug)s” belongs to another article. Choose another one.")
            % {"slug": slug}
        )
    hold_address(article)
    article.addresses.unused().delete()
    type(article).objects.filter(pk=article.pk).update(
        slug=slug, modified_at=timezone.now()
    )
    renamed = type(article).objects.get(pk=article.pk)
    hold_address(renamed)


def _is_taken(slug, *, articles, but_for=None):
    return (
        articles.filter(slug=slug).exclude(pk=but_for).exists()
        or Address.objects.filter(slug=slug).exclude(article=but_for).exists()
    )
