"""
The texts of our scripts, as a script of its own for each language but English.

Its address has the hash of the catalog, so that browsers keep it for ever. `gettext` and its
relatives are global functions then; `static/js/texts.js` wraps them, and gives back the English
text where no catalog is loaded.
"""

import hashlib
from functools import cache

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

from newsroom.languages.shipped import SHIPPED

FOR_EVER = "public, max-age=31536000, immutable"


class _Catalog(JavaScriptCatalog):
    """Only our own texts: those of Django's admin have an address of their own."""

    packages = ["newsroom"]


@require_safe
def script_texts(request, language, version):
    """The catalog of one language; an outdated version answers with the present one, briefly."""
    if language not in SHIPPED or language == "en":
        raise Http404
    with translation.override(language):
        response = _Catalog.as_view()(request)
    response.headers["Cache-Control"] = (
        FOR_EVER if version == catalog_version(language) else "public, max-age=60"
    )
    response.headers["Content-Language"] = language
    return response


@cache
def catalog_version(language: str) -> str:
    """The first 12 hexadecimal digits of the hash of the compiled catalog."""
    locale = translation.to_locale(language)
    file = settings.LOCALE_PATHS[0] / locale / "LC_MESSAGES" / "djangojs.mo"
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def address_of_texts(language: str) -> str:
    """The address of the catalog of one language; empty for English, which needs none."""
    if language == "en":
        return ""
    return reverse("script_texts", args=[language, catalog_version(language)])
