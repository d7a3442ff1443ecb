"""The order of names as people expect it, the same on both databases."""

import unicodedata
from collections.abc import Callable, Iterable


def sorted_by_name[Row](
    rows: Iterable[Row], name: Callable[[Row], str] = str
) -> list[Row]:
    """
    The rows in the order of their names: without regard to case and accents first.

    So “Ärzte” is beside “apricot”. Databases compare letters outside ASCII in different ways.
    """
    return sorted(rows, key=lambda row: _key(name(row)))


def _key(name):
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    # Names that differ only in accents or case have a fixed order, too.
    return letters.casefold(), name.casefold(), name
