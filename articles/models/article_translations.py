"""
The versions of an article in several languages.

They form a group: the original, and the articles that name it in `translation_of`.
"""

from dataclasses import dataclass

from django.utils import timezone

from articles.content.snapshots import differing_parts
from articles.core.languages import further_languages, own_name

# The parts that are translated; their changes make a translation outdated.
TRANSLATED = {"title", "standfirst", "body", "lead_image"}


@dataclass(frozen=True)
class LanguageVersion:
    """A visible version of an article, for links to it."""

    language: str
    address: str
    is_original: bool
    is_this: bool

    @property
    def name(self):
        """The name of the language in that language."""
        return own_name(self.language)


def language_versions(article):
    """
    The visible versions of an article, itself included, the original first; empty without others.

    One query, and none on a site with one language.
    """
    if not further_languages():
        return []
    found = type(article).objects.visible().in_group_of(article)
    found = found.only("slug", "language", "translation_of")
    return versions_of_group(found, this=article)


def versions_of_group(articles, *, this=None):
    """The articles of one group as LanguageVersions, the original first; empty for only one."""
    if len(articles) < 2:
        return []
    versions = [
        LanguageVersion(
            one.language,
            one.get_absolute_url(),
            is_original=one.translation_of_id is None,
            is_this=one == this,
        )
        for one in articles
    ]
    return sorted(versions, key=lambda one: (not one.is_original, one.language))


def other_in(article, language):
    """Another article of the group in exactly this language, visible or not; None without one."""
    group = type(article).objects.in_group_of(article).exclude(pk=article.pk)
    return group.filter(language=language).first()


def newer_source(article):
    """
    The published revision of the source with other text than the one that was translated.

    None if the translation is up to date, and if it is not known what was translated.
    """
    base = article.translated_from
    if base is None:
        return None
    live = live_revision(base.article)
    if live is None or live.pk == base.pk:
        return None
    is_changed = TRANSLATED & {*differing_parts(base.content, live.content)}
    return live if is_changed else None


def live_revision(article):
    """The revision that readers see, or saw last; None if there never was one."""
    live = article.revisions.live_until(timezone.now())
    return live.last_live_first().first()


def provisional_slug(original, language):
    """The slug of a translation of this original, a primary key, until its title is translated."""
    return f"translation-{original}-{language}"


def has_provisional_slug(article):
    """Whether the slug is to be made from the translated title."""
    original = article.translation_of_id
    return original is not None and article.slug.startswith(
        provisional_slug(original, "")
    )
