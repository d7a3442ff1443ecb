"""
Bylines as text: “By Ana Ruiz; photographs by Ben Cole”.

At the desk a byline is typed as `Ana Ruiz, Ben Cole (photographs)`: the role follows the
name in brackets, and writers have none.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from articles.core.text.word_list import html_list, word_list

# The roles in the order in which a byline names them: how a byline begins with the role, and how
# it goes on with it.
INTRODUCTIONS = {
    "by": (
        pgettext_lazy("start of a byline", "By %(names)s"),
        pgettext_lazy("later in a byline", "by %(names)s"),
    ),
    "reporting": (
        pgettext_lazy("start of a byline", "Reporting by %(names)s"),
        pgettext_lazy("later in a byline", "reporting by %(names)s"),
    ),
    "photographs": (
        pgettext_lazy("start of a byline", "Photographs by %(names)s"),
        pgettext_lazy("later in a byline", "photographs by %(names)s"),
    ),
    "editing": (
        pgettext_lazy("start of a byline", "Editing by %(names)s"),
        pgettext_lazy("later in a byline", "editing by %(names)s"),
    ),
}
# The words that people type for a role, in lower case.
_WRITTEN = {
    **{role: role for role in INTRODUCTIONS},
    "reporter": "reporting",
    "photos": "photographs",
    "photo": "photographs",
    "photography": "photographs",
    "photographer": "photographs",
    "editor": "editing",
}
_BRACKETS = re.compile(r"(?P<before>.*\S)\s*\((?P<inside>[^()]*)\)", re.DOTALL)


@dataclass(frozen=True)
class BylinePart:
    """The people of a byline in one role, and the phrase that names them with `%(names)s`."""

    phrase: str
    people: list[Any]


def parts(credits: Iterable[Any]) -> list[BylinePart]:
    """The byline grouped by role, in the order of INTRODUCTIONS."""
    by_role: dict[str, list[Any]] = {role: [] for role in INTRODUCTIONS}
    for credit in credits:
        by_role[credit.role].append(credit.person)
    found = [
        (INTRODUCTIONS[role], people) for role, people in by_role.items() if people
    ]
    return [
        BylinePart(str(going_on if number else beginning), people)
        for number, ((beginning, going_on), people) in enumerate(found)
    ]


def byline_in_words(credits: Iterable[Any]) -> str:
    """The byline as a text; empty when it names nobody."""
    return "; ".join(
        part.phrase % {"names": word_list(part.people)} for part in parts(credits)
    )


def byline_in_html(credits: Iterable[Any], name: Callable[[Any], str]) -> SafeString:
    """The byline as HTML, with each person as `name(person)` gives it; empty if it names nobody."""
    return format_html_join(
        "; ",
        "{}",
        (
            [_filled(part.phrase, html_list(map(name, part.people)))]
            for part in parts(credits)
        ),
    )


def in_brackets(text: str) -> tuple[str, str] | None:
    """The text before the brackets at the end and the text inside them; None without brackets."""
    match = _BRACKETS.fullmatch(text)
    return (match["before"], match["inside"].strip()) if match else None


def with_role(name: str, role: str) -> str:
    """
    The name with its role in brackets, as it is typed at the desk.

    Writers get no brackets, unless their name itself ends like a role.
    """
    if role == "by" and split_role(name) == (name, "by"):
        return name
    return f"{name} ({role})"


def split_role(written: str) -> tuple[str, str]:
    """The name and the role in what was typed; “by” when it does not end with a known role."""
    if brackets := in_brackets(written):
        before, inside = brackets
        if role := _WRITTEN.get(inside.casefold()):
            return before, role
    return written, "by"


def _filled(phrase, names):
    # The names are the only HTML in it.
    before, after = phrase.split("%(names)s")
    return format_html("{}{}{}", before, names, after)
