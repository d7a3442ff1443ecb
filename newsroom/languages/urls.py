"""The URLs of the further languages: the public pages below a prefix, everything else as it is."""

from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

from articles.core.languages import further_languages, language_at


class LanguageUrls:
    """
    A URLconf for the requests of one language.

    In it `reverse` and `{% url %}` name the pages of that language, while the desk, pictures and
    scripts keep their only address.
    """

    def __init__(self, language):
        root = import_module(settings.ROOT_URLCONF)
        self.urlpatterns = root.patterns(below=f"{language}/")
        self.handler400 = root.handler400
        self.handler403 = root.handler403
        self.handler404 = root.handler404
        self.handler500 = root.handler500


def urlconf_at(path: str) -> Any:
    """The URLconf for this path: settings.ROOT_URLCONF, or the LanguageUrls of a further language."""
    language = language_at(path)
    if language in further_languages():
        return _urls_of(language)
    return settings.ROOT_URLCONF


_urls_of = cache(LanguageUrls)
