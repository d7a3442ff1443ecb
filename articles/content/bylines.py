"""
Bylines as text: “By Ana Ruiz; photographs by Ben Cole”.

At the desk a byline is typed as `Ana Ruiz, Ben Cole (photographs)`: the role follows the
name in brackets, and writers have none. `Photos: Ben Cole, Cleo Diaz` names the role once for
several people. The words for the roles may be those of any language of the interface.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from articles.core.interface_languages import languages_of_interface
from articles.core.text.names import name_key
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
# The word that the desk shows for a role, and further words that people type for it.
# Translators: the further words are separated by commas. No word may stand for two roles, in
# no two languages.
_WORDS = {
    "by": (
        pgettext_lazy("role in a byline", "by"),
        pgettext_lazy("further words for “by” in a byline", "text, words"),
    ),
    "reporting": (
        pgettext_lazy("role in a byline", "reporting"),
        pgettext_lazy("further words for “reporting” in a byline", "reporter"),
    ),
    "photographs": (
        pgettext_lazy("role in a byline", "photographs"),
        pgettext_lazy(
            "further words for “photographs” in a byline",
            "photos, photo, photography, photographer",
        ),
    ),
    "editing": (
        pgettext_lazy("role in a byline", "editing"),
        pgettext_lazy("further words for “editing” in a byline", "editor"),
    ),
}
_BRACKETS = re.compile(r"(?P<before>.*\S)\s*\((?P<inside>[^()]*)\)", re.DOTALL)
_COLON = re.compile(r"(?P<role>[^:：]+)[:：]\s*(?P<name>\S.*)", re.DOTALL)


@dataclass(frozen=True)
class TypedCredit:
    """A name and a role as they were typed; `is_marked` if the role follows in brackets."""

    name: str
    role: str
    is_marked: bool = False


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
    The name with its role in brackets, in the present language, as it is typed at the desk.

    Writers get no brackets, unless their name itself looks as if it had a role.
    """
    if role == "by" and read_credits([name]) == [TypedCredit(name, "by")]:
        return name
    word, _further = _WORDS[role]
    return f"{name} ({word})"


def read_credits(written: Iterable[str]) -> list[TypedCredit]:
    """
    The names with their roles, in order; “by” where no known role was typed.

    A role before a colon is that of the names after it, too, but for those with their own.
    """
    roles = roles_by_word()
    found, going_on = [], "by"
    for text in written:
        brackets = in_brackets(text)
        if brackets and (role := roles.get(name_key(brackets[1]))):
            found.append(TypedCredit(brackets[0], role, is_marked=True))
            continue
        colon = _COLON.fullmatch(text)
        if colon and (role := roles.get(name_key(colon["role"]))):
            text, going_on = colon["name"], role
        found.append(TypedCredit(text, going_on))
    return found


def roles_by_word() -> dict[str, str]:
    """The roles by the words for them in all languages of the interface, as `name_key` has them."""
    found = {}
    for language in languages_of_interface():
        with translation.override(language):
            for role, (word, further) in _WORDS.items():
                for each in [role, str(word), *str(further).split(",")]:
                    found[name_key(each)] = role
    return found


def _filled(phrase, names):
    # The names are the only HTML in it.
    before, after = phrase.split("%(names)s")
    return format_html("{}{}{}", before, names, after)
