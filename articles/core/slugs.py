"""Slugs made from text."""

from collections.abc import Callable
from itertools import chain, count

from django.core.validators import RegexValidator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

# A slug of hyphens and underscores alone says nothing about where it leads.
says_something = RegexValidator(
    r"[a-zA-Z0-9]", _("The address needs at least one letter or digit.")
)


def slug_from(text: str, *, fallback: str, max_length: int) -> str:
    """The text as a slug of ASCII letters, digits and hyphens; `fallback` when none are left."""
    return slugify(text)[:max_length].strip("-_") or fallback


def free_slug(wanted: str, *, taken: Callable[[str], bool], max_length: int) -> str:
    """The wanted slug, or the first of `wanted-2`, `wanted-3` … that is not taken."""
    candidates = chain(
        [wanted],
        (
            wanted[: max_length - len(suffix)].rstrip("-") + suffix
            for suffix in (f"-{number}" for number in count(2))
        ),
    )
    return next(slug for slug in candidates if not taken(slug))
