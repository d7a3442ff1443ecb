"""Saving imported articles: each once, and completely or not at all."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from articles.content.html import LONGEST_HTML
from articles.importers.records import ImportedArticle, ImportRefused
from articles.models import Article, Person, TransitionError


@dataclass(frozen=True)
class Wishes:
    """The options of an import, for what the source does not say."""

    status: str = Article.Status.DRAFT
    published_at: datetime | None = None
    tags: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()


class AlreadyHere(Exception):
    """Raised when the article was imported before, with a sentence that says where it is."""


def check(imported: ImportedArticle) -> None:
    """Raise AlreadyHere or ImportRefused for an article that `save_imported` would refuse."""
    longest = Article._meta.get_field("title").max_length
    if len(imported.title) > longest:
        raise ImportRefused(
            f"its title, the first line, has {len(imported.title):,} characters, "
            f"and at most {longest} are taken. Shorten it."
        )
    if len(imported.body) > LONGEST_HTML:
        raise ImportRefused(
            f"it has {len(imported.body):,} characters with its formatting, "
            f"and at most {LONGEST_HTML:,} are taken. Split it."
        )
    _refuse_repeat(imported)


def save_imported(imported: ImportedArticle, wishes: Wishes) -> Article:
    """
    Make the article with its tags, byline and status, and return it.

    Raises AlreadyHere for a second import of the same source, also when both run at the
    same moment, and ImportRefused for an article that is not valid.
    """
    try:
        with transaction.atomic():
            check(imported)
            return _make(imported, wishes)
    except IntegrityError:
        # Of two simultaneous imports the database accepts only one.
        _refuse_repeat(imported)
        raise
    except TransitionError as error:
        raise ImportRefused(str(error)) from error


def _make(imported, wishes):
    article = Article.objects.create(
        title=imported.title,
        standfirst=imported.standfirst,
        body=imported.body,
        source=imported.source,
    )
    article.set_writers(*map(_person_named, wishes.byline))
    article.tags.add(*wishes.tags)
    if wishes.status == Article.Status.PUBLISHED:
        article.publish(at=wishes.published_at)
    return article


def _refuse_repeat(imported):
    sources = {imported.source, *imported.former_sources}
    if article := Article.objects.filter(source__in=sources).first():
        raise AlreadyHere(f"already here as {article.get_absolute_url()}")


def _person_named(name):
    try:
        with transaction.atomic():
            return _known(name) or Person.objects.create(name=name)
    except IntegrityError:
        # Another import has just made the same person.
        if person := _known(name):
            return person
        raise


def _known(name):
    return Person.objects.called(name).order_by("id").first()
