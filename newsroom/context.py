from django.conf import settings
from django.utils import translation

from articles.core.languages import (
    address_at,
    further_languages,
    language_at,
    own_name,
    site_languages,
)
from newsroom.languages.script_texts import address_of_texts


def site(request):
    """Template context of every page: the site's name, address and features, and the languages."""
    language = translation.get_language() or "en"
    return {
        "front_pages": _front_pages(language_at(request.path)),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "shows_changes": settings.SHOW_CHANGES,
        "page_language": language,
        "page_direction": "rtl" if translation.get_language_bidi() else "ltr",
        "script_texts": address_of_texts(language),
    }


def _front_pages(here):
    """The front page of each language, for links to it; empty with one language."""
    if not further_languages():
        return []
    return [
        {
            "language": language,
            "name": own_name(language),
            "address": address_at(language, "articles:home"),
            "is_here": language == here,
        }
        for language in site_languages()
    ]
