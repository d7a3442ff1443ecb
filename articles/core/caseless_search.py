"""
Searching inside texts without regard to case, for letters of every script.

SQLite's LIKE ignores the case of ASCII letters only: “österreich” does not find
“Österreich”. Its GLOB takes a set of characters for each, which is as fast: both read the
whole table, and compare byte by byte. PostgreSQL ignores the case of all letters.
"""

import unicodedata

from django.db.models import CharField, TextField
from django.db.models.lookups import IContains

_SPECIAL = frozenset("*?[")


class CaselessContains(IContains):
    """Django's `icontains` for NFC and, on SQLite, for letters of every script."""

    def get_prep_lookup(self):
        wanted = super().get_prep_lookup()
        if isinstance(wanted, str):
            wanted = unicodedata.normalize("NFC", wanted)
        return wanted

    def as_sqlite(self, compiler, connection):
        if not self.is_simple_lookup or str(self.rhs).isascii():
            return self.as_sql(compiler, connection)
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} GLOB %s", (*params, f"*{glob_of(self.rhs)}*")


def glob_of(text: str) -> str:
    """The pattern of GLOB for the text in capitals, small letters or both."""
    return "".join(map(_one_of, text))


def _one_of(char):
    spellings = {char, char.lower(), char.upper(), char.title(), char.casefold()}
    # The final sigma is a small letter of its own.
    spellings |= {"ς"} if "σ" in spellings else set()
    spellings = sorted(one for one in spellings if len(one) == 1)
    if len(spellings) > 1 or char in _SPECIAL:
        return f"[{''.join(spellings)}]"
    return char


for field in (CharField, TextField):
    field.register_lookup(CaselessContains)
