from django.conf import settings
from django.utils import translation

from newsroom.languages.script_texts import address_of_texts


def site(request):
    """Template context of every page: the site's name, address and features, and the language."""
    language = translation.get_language() or "en"
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "shows_changes": settings.SHOW_CHANGES,
        "page_language": language,
        "page_direction": "rtl" if translation.get_language_bidi() else "ltr",
        "script_texts": address_of_texts(language),
    }
