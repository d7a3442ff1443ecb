"""The languages that the interface is translated into."""

from django.conf import settings
from django.utils.translation import get_language_info

# English is the language of the source; `newsroom/locale/` has a catalog for each of the others.
SHIPPED = ["en", "de", "fr", "es", "pt-br", "ar"]


def interface_language(code: str) -> str:
    """
    The shipped language that suits a language code best; English if none does.

    A variant falls back to its language (`de-at` to `de`), and a language without its plain form
    to the variant that is shipped (`pt` and `pt-pt` to `pt-br`).
    """
    code = code.lower().replace("_", "-")
    if code in SHIPPED:
        return code
    language = code.partition("-")[0]
    for shipped in SHIPPED:
        if shipped.partition("-")[0] == language:
            return shipped
    return "en"


def site_language() -> str:
    """The language that readers see on pages without a language in their address."""
    return interface_language(settings.LANGUAGE_CODE)


def choices() -> list[tuple[str, str]]:
    """The shipped languages with their own names, for a form: `("de", "Deutsch")`."""
    return [(code, get_language_info(code)["name_local"]) for code in SHIPPED]
