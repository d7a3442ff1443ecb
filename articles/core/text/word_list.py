"""Lists in a sentence, joined as the active language does: “Ana, Ben and Cleo”."""

from collections.abc import Iterable

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def word_list(items: Iterable[object]) -> str:
    """The items joined by commas, with “and” before the last one; empty without items."""
    *others, last = [str(item) for item in items] or [""]
    if not others:
        return last
    joined = others[0]
    for item in others[1:]:
        joined = pgettext("list", "%(left)s, %(right)s") % {
            "left": joined,
            "right": item,
        }
    return pgettext("end of a list", "%(left)s and %(right)s") % {
        "left": joined,
        "right": last,
    }


def html_list(items: Iterable[str]) -> SafeString:
    """`word_list` of pieces of HTML; what is not marked as safe is escaped."""
    # Safe: each piece is HTML already or is escaped, and between them stand only translated words.
    return mark_safe(word_list(map(conditional_escape, items)))  # noqa: S308


def in_quotes(words: object) -> str:
    """The words in the quotation marks of the present language."""
    return _("“%(words)s”") % {"words": words}
