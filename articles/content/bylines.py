"""
Bylines as text: “By Ana Ruiz; photographs by Ben Cole”.

At the desk a byline is typed as `Ana Ruiz, Ben Cole (photographs)`: the role follows the
name in brackets, and writers have none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# The roles in the order in which a byline names them, each with its introduction.
INTRODUCTIONS = {
    "by": "by",
    "reporting": "reporting by",
    "photographs": "photographs by",
    "editing": "editing by",
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
    """The people of a byline in one role, with the introduction of that role."""

    lead: str
    people: list[Any]


def parts(credits: Iterable[Any]) -> list[BylinePart]:
    """The byline grouped by role. The introduction of the first part is capitalised."""
    by_role: dict[str, list[Any]] = {role: [] for role in INTRODUCTIONS}
    for credit in credits:
        by_role[credit.role].append(credit.person)
    found = [
        (INTRODUCTIONS[role], people) for role, people in by_role.items() if people
    ]
    return [
        BylinePart(lead if number else lead.capitalize(), people)
        for number, (lead, people) in enumerate(found)
    ]


def byline_in_words(credits: Iterable[Any]) -> str:
    """The byline as a text; empty when it names nobody."""
    return "; ".join(
        f"{part.lead} {_listed([str(person) for person in part.people])}"
        for part in parts(credits)
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


def _listed(names):
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
