"""Activates the language of each request."""

from django.utils import translation

from newsroom.languages.shipped import SHIPPED, site_language

DESK = "/admin/"


class LanguageMiddleware:
    """
    Readers' pages speak the language of the site, the desk that of the account.

    An account that chose none, and pages before signing in, speak the language of the site. The
    headers of the browser do not matter: pages are cached by address alone.
    """

    def __init__(self, get_response):
        self._get_response = get_response

    def __call__(self, request):
        language = _language_of(request)
        with translation.override(language):
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _language_of(request):
    if request.path_info.startswith(DESK) and request.user.is_authenticated:
        chosen = request.user.chosen_language
        if chosen in SHIPPED:
            return chosen
    return site_language()
