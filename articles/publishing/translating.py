"""Translating an article: a draft in another language, and what it is based on."""

from django.utils.translation import gettext as _

from articles.core.languages import nearest_language, site_languages
from articles.core.stored_words import in_english
from articles.models import Article, TransitionError
from articles.models.article_addresses import slug_of_title
from articles.models.article_translations import live_revision, provisional_slug
from articles.models.held_row import on_held_row
from articles.publishing.actions import make_working_copy


def languages_left(article):
    """The languages of the site in which the article has no version, in their order."""
    group = Article.objects.in_group_of(article)
    there = {nearest_language(one) for one in group.values_list("language", flat=True)}
    return [language for language in site_languages() if language not in there]


def translate(source, language, *, by=None):
    """
    Make a draft in `language` with the text of the source, and return it.

    The text is that which readers see or saw last, of a draft the saved one. Byline, tags and
    lead image are kept; the slug is made later, from the translated title. Raises
    TransitionError when the article has a version in the language already.
    """
    return _translate(source.translation_of or source, source, language, by=by)


def mark_up_to_date(translation):
    """Store that the translation says what the source says now."""
    if newer := translation.newer_source():
        Article.objects.filter(pk=translation.pk).update(translated_from=newer)
        translation.translated_from = newer


def source_text(translation):
    """The revision to translate from: the newest published one, or that which was translated."""
    return translation.newer_source() or translation.translated_from


def slug_for(translation, title, *, is_final=False):
    """
    A slug made from the translated title.

    While the title is still that of the source it is the provisional one, unless `is_final`.
    """
    base = translation.translated_from
    is_untranslated = base is not None and title == base.content["title"]
    if not title or (is_untranslated and not is_final):
        return translation.slug
    return slug_of_title(translation, title, translation.language)


@on_held_row
def _translate(original, source, language, *, by):
    if language not in languages_left(original):
        raise TransitionError(
            _("“%(article)s” has a version in this language already.")
            % {"article": original}
        )
    base = live_revision(source) or make_working_copy(source)
    content = {name: part for name, part in base.content.items() if name != "slug"}
    translation = Article.objects.create(
        title=content["title"],
        slug=provisional_slug(original.pk, language),
        language=language,
        created_by=by,
        translation_of=original,
        translated_from=base,
    )
    translation.write_snapshot(content | {"language": language}, by=by)
    with in_english():
        note = f"Text copied from “{source}”, to be translated."
    translation.keep_revision(by=by, note=note[:500])
    return translation
