"""
Names as people compare them: without regard to case, spaces and how letters are composed.

“École” may be stored as five characters or, with a combining accent, as six, and a space
may be one that does not break. Readers see no difference, so none is made.
"""

import re
import unicodedata

# Zero-width spaces, the byte order mark and soft hyphens, which nobody sees or types on
# purpose. Joiners stay: Persian and Hindi need them.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
# In characters. To normalise a long run of combining marks takes quadratic time.
LONGEST_COMPARED = 1_000


def clean_name(name: str) -> str:
    """The name as it is stored: in NFC, with single plain spaces and none at the ends."""
    return " ".join(_UNSEEN.sub("", _in_nfc(name)).split())


def name_key(name: str) -> str:
    """
    A text that is equal for two names that are one: `clean_name`, case folded.

    This is the canonical caseless match of the Unicode Standard (3.13, D145). Keys are
    stored, so a change of this function needs a migration.
    """
    folded = unicodedata.normalize("NFD", clean_name(name)).casefold()
    return _in_nfc(unicodedata.normalize("NFD", folded))


def _in_nfc(text):
    return text if len(text) > LONGEST_COMPARED else unicodedata.normalize("NFC", text)
