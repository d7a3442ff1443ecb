"""The languages of the interface: that of the readers, and those of accounts at the desk."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.module_loading import import_string


def languages_of_interface() -> list[str]:
    """The codes of the languages that the interface is translated into, and English."""
    return import_string(settings.LANGUAGES_OF_INTERFACE)


def language_of_readers() -> str:
    """The code of the language that readers see; LANGUAGE_OF_READERS names the function."""
    return import_string(settings.LANGUAGE_OF_READERS)()


def languages_of_accounts(keys: Iterable[int]) -> dict[int, str]:
    """
    The code of the language that each of the accounts with these keys reads at the desk.

    LANGUAGES_OF_ACCOUNTS names the function. One query.
    """
    return import_string(settings.LANGUAGES_OF_ACCOUNTS)(list(keys))
