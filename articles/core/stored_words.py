"""Words that are stored: in English, whatever language the person reads who causes them."""

from django.utils import translation


def in_english():
    """Context manager: inside, texts and dates are in English, to be stored in a record."""
    return translation.override("en")
