"""
The languages that readers find articles in, and their addresses.

The language of the site, `LANGUAGE_CODE`, has addresses without a prefix; each of
`FURTHER_LANGUAGES` has the same addresses below `/<code>/`. An article stands at those of its own
language: a variant counts as its language (`de-at` as `de`), and what has no addresses of its own
stands at those of the site.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language_info

# The regions of variants that Django gives the name of their language, as they are called in it
# (the short names of the CLDR). Others show their code.
REGIONS = {
    "ar-ae": "الإمارات",
    "ar-eg": "مصر",
    "ar-jo": "الأردن",
    "ar-lb": "لبنان",
    "ar-ma": "المغرب",
    "ar-sa": "السعودية",
    "ar-tn": "تونس",
    "de-at": "Österreich",
    "de-be": "Belgien",
    "de-ch": "Schweiz",
    "de-de": "Deutschland",
    "de-li": "Liechtenstein",
    "de-lu": "Luxemburg",
    "en-ca": "Canada",
    "en-ie": "Ireland",
    "en-in": "India",
    "en-nz": "New Zealand",
    "en-us": "United States",
    "en-za": "South Africa",
    "es-cl": "Chile",
    "es-ec": "Ecuador",
    "es-es": "España",
    "es-pe": "Perú",
    "es-us": "Estados Unidos",
    "es-uy": "Uruguay",
    "fr-be": "Belgique",
    "fr-ca": "Canada",
    "fr-ch": "Suisse",
    "fr-fr": "France",
    "fr-lu": "Luxembourg",
    "it-ch": "Svizzera",
    "it-it": "Italia",
    "nl-be": "België",
    "nl-nl": "Nederland",
    "pt-ao": "Angola",
    "pt-mz": "Moçambique",
    "pt-pt": "Portugal",
}


def site_languages() -> list[str]:
    """The codes of all languages with addresses, that of the site first."""
    return [_own(), *further_languages()]


def further_languages() -> list[str]:
    """The codes of the languages whose addresses have a prefix."""
    return settings.FURTHER_LANGUAGES


def language_of_addresses(code: str) -> str:
    """The language, one of `site_languages()`, at whose addresses a text in this one stands."""
    return nearest_language(code) or _own()


def nearest_language(code: str) -> str | None:
    """The one of `site_languages()` that this is or is a variant of; None if there is none."""
    code = code.lower()
    known = site_languages()
    while code:
        if code in known:
            return code
        code = code.rpartition("-")[0]
    return None


def written_in(language: str, field: str = "language") -> Q:
    """The condition for rows that stand at the addresses of this language, one of `site_languages()`."""
    if language != _own():
        return _claimed_by(language, field)
    others = Q()
    for other in further_languages():
        others |= _claimed_by(other, field)
    return ~others if others else Q()


def language_at(path: str) -> str:
    """The language of the page at this path, one of `site_languages()`."""
    first = path.lstrip("/").partition("/")[0] if path.startswith("/") else ""
    has_prefix = first in further_languages() and path.startswith(f"/{first}/")
    return first if has_prefix else _own()


def prefix_of(language: str) -> str:
    """What stands before the paths of this language: `/de`, or nothing for that of the site."""
    return f"/{language}" if language in further_languages() else ""


def address_in(code: str, name: str, args: Iterable[Any] = ()) -> str:
    """As `reverse`, for a page about a text in the language `code`, whichever page asks."""
    return address_at(language_of_addresses(code), name, args)


def address_at(language: str, name: str, args: Iterable[Any] = ()) -> str:
    """As `reverse`, at the addresses of this language, one of `site_languages()`."""
    path = reverse(name, args=list(args), urlconf=settings.ROOT_URLCONF)
    return prefix_of(language) + path


def own_name(code: str) -> str:
    """
    The name of a language in that language, such as “Deutsch”; the code if it is not known.

    A variant has its region in brackets where another language of the site has the same name:
    “Deutsch (Österreich)”.
    """
    name = _plain_name(code)
    region = code.lower().partition("-")[2]
    others = {*site_languages()} - {code.lower()}
    if region and name in map(_plain_name, others):
        return f"{name} ({REGIONS.get(code.lower(), region.upper())})"
    return name


def _plain_name(code):
    with suppress(KeyError):
        name: str = get_language_info(code)["name_local"]
        return name[:1].upper() + name[1:]
    return code


def _own():
    return settings.LANGUAGE_CODE.lower()


def _claimed_by(language, field):
    """Rows in this language or a variant of it, without variants that have their own addresses."""
    claimed = _is_or_varies(language, field)
    for other in site_languages():
        if other.startswith(f"{language}-"):
            claimed &= ~_is_or_varies(other, field)
    return claimed


def _is_or_varies(language, field):
    return Q(**{f"{field}__iexact": language}) | Q(
        **{f"{field}__istartswith": f"{language}-"}
    )
