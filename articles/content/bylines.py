"""
How a byline is said and how it is written in one line: “By Ana Ruiz; photographs by Ben Cole”.

At the desk it is written `Ana Ruiz, Ben Cole (photographs)`: the role in brackets behind
the name, and none for those who wrote.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# The roles in the order in which a byline says them, each with its words.
LEADS = {
    "by": "by",
    "reporting": "reporting by",
    "photographs": "photographs by",
    "editing": "editing by",
}
# What else people write for a role.
_WRITTEN = {
    **{role: role for role in LEADS},
    "reporter": "reporting",
    "photos": "photographs",
    "photo": "photographs",
    "photography": "photographs",
    "photographer": "photographs",
    "editor": "editing",
}
_BRACKETS = re.compile(r"(?P<before>.*\S)\s*\((?P<inside>[^()]*)\)", re.DOTALL)


@dataclass(frozen=True)
class Part:
    """Those of a byline who stand there in one role."""

    lead: str
    people: list[Any]


def parts(credits: Iterable[Any]) -> list[Part]:
    """The byline by roles; the first part begins with a capital."""
    by_role = {role: [] for role in LEADS}
    for credit in credits:
        by_role[credit.role].append(credit.person)
    found = [(LEADS[role], people) for role, people in by_role.items() if people]
    return [
        Part(lead if number else lead.capitalize(), people)
        for number, (lead, people) in enumerate(found)
    ]


def in_words(credits: Iterable[Any]) -> str:
    """The byline as a text, or nothing when it names nobody."""
    return "; ".join(
        f"{part.lead} {_listed([str(person) for person in part.people])}"
        for part in parts(credits)
    )


def in_brackets(text: str) -> tuple[str, str] | None:
    """What stands before the brackets at the end, and inside them; None when there are none."""
    match = _BRACKETS.fullmatch(text)
    return match and (match["before"], match["inside"].strip())


def with_role(name: str, role: str) -> str:
    """The name as it is written for the role: nothing is added for those who wrote, unless their name ends like a role."""
    if role == "by" and split_role(name) == (name, "by"):
        return name
    return f"{name} ({role})"


def split_role(written: str) -> tuple[str, str]:
    """The name and the role that were written; what ends with no role is by that name."""
    brackets = in_brackets(written)
    role = brackets and _WRITTEN.get(brackets[1].casefold())
    return (brackets[0], role) if role else (written, "by")


def _listed(names):
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
