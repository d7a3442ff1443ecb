"""The language of each request, and the addresses of that language."""

from django.conf import settings
from django.urls import get_urlconf, set_urlconf
from django.utils import translation

from articles.core.languages import language_at
from newsroom.languages.shipped import SHIPPED, interface_language
from newsroom.languages.urls import urlconf_at

DESK = "/admin/"


def language_addresses(get_response):
    """Below `/<code>/`, addresses are those of that language, and links lead to them."""

    def middleware(request):
        urlconf = urlconf_at(request.path_info)
        if urlconf == settings.ROOT_URLCONF:
            return get_response(request)
        before = get_urlconf()
        # The first for Django's own look at the address, the second for `reverse` until then.
        request.urlconf = urlconf
        set_urlconf(urlconf)
        try:
            return get_response(request)
        finally:
            set_urlconf(before)

    return middleware


class LanguageMiddleware:
    """
    Readers' pages speak the language of their address, the desk that of the account.

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
    return interface_language(language_at(request.path_info))
