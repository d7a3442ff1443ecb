"""The language in which a mail is written: that of the readers' pages, or of an account."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.module_loading import import_string


def language_of_readers() -> str:
    """The code of the language for mails to readers; LANGUAGE_OF_READERS names the function."""
    return import_string(settings.LANGUAGE_OF_READERS)()


def languages_of_accounts(keys: Iterable[int]) -> dict[int, str]:
    """
    The code of the language for mails to each of the accounts with these keys.

    LANGUAGES_OF_ACCOUNTS names the function. One query.
    """
    return import_string(settings.LANGUAGES_OF_ACCOUNTS)(list(keys))
