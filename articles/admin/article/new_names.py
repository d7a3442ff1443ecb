"""New names in a form: each is made only after somebody has confirmed it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from articles.core.text.names import name_key
from articles.core.text.near_duplicates import names_near
from articles.core.text.word_list import in_quotes, word_list

# A new name is compared with this many names, the newest.
NAMES_COMPARED = 20_000
# The new names that are compared; of more the form asks without a suggestion.
MOST_COMPARED = 20


@dataclass(frozen=True)
class NewName:
    """A name that nobody has yet, whether its creation is confirmed, and similar known names."""

    name: str
    is_ticked: bool = False
    near: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """What the form asks."""
        if not self.near:
            return _("“%(name)s” is new. Tick “Create” below, or correct the name.") % {
                "name": self.name
            }
        return _(
            "“%(name)s” is new. Did you mean %(near)s? Correct the name, or tick “Create” below."
        ) % {"name": self.name, "near": word_list(map(in_quotes, self.near))}


def ticked_name(field_name: str) -> str:
    """The name of the checkboxes that confirm new names of a field."""
    return f"{field_name}_create"


def questions_about(
    names: Iterable[str], field_name: str, data: Mapping[str, Any], known: Callable
) -> list[NewName]:
    """A question for each of these new names. `known` returns the names to compare with."""
    names = list(dict.fromkeys(names))
    if not names:
        return []
    sent = getattr(data, "getlist", None) or (lambda name: data.get(name, []))
    ticked = {name_key(name) for name in sent(ticked_name(field_name))}
    open_ones = [name for name in names if name_key(name) not in ticked]
    others = list(known()[:NAMES_COMPARED]) if open_ones else []
    compared = open_ones[:MOST_COMPARED]
    return [
        NewName(
            name,
            is_ticked=name_key(name) in ticked,
            near=names_near(name, others) if name in compared else [],
        )
        for name in names
    ]
