"""
The ways in which a text is normalised before it is compared, and when to use which.

| function | for | what makes no difference |
| --- | --- | --- |
| `caseless` | passwords | case, width |
| `caseless_name` | names of accounts, patterns beside names | case, width, spacing |
| `words_only` | quotes | case, everything that is no letter or digit |
| `spelling_key` | near duplicates among tags | case, accents, spaces, signs |
| `word_as_read` | features of the classifier | case, accents, look-alikes, digits as letters |
| `fold`, `readings_of` | rules, word lists, repeated text | the same, and invisible characters, signs as letters |
| `skeleton`, `skeletons` | names that imitate others | everything a reader overlooks, in any script |

Results are stored: skeletons and folded words in the database, features of the classifier,
keyed hashes of names. A change of a function needs a migration of what is stored.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from articles.core.text.confusables import (
    NOT_DRAWN,
    SCRIPTS,
    plain_letters,
    script_of,
    shapes_in,
)

# In characters: no user name, address or name beside a comment is longer. Only so much is
# compared, because to normalise a long run of combining marks takes quadratic time.
LONGEST_COMPARED_NAME = 320
# Too many names with fewer letters than this look alike.
SHORTEST_SKELETON = 3
# In characters. Longer names are compared by their beginning.
LONGEST_SKELETON = 250
# This many single letters in a row are read as one word: “c a s i n o”.
FEWEST_APART = 3

# The digits that stand for one letter: “b0nus”, “c4sino”. A 1 stands for an i or an l.
_DIGITS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t"}
# The features that the classifier has stored read a 1 as an i.
_AS_LETTERS_IN_FEATURES = str.maketrans(_DIGITS | {"1": "i"})
# Folding reads whatever looks like an l or an i as an l, and signs as letters: “ca$ino”.
_AS_LETTERS = str.maketrans(
    _DIGITS | {"1": "l", "i": "l", "!": "l", "|": "l", "@": "a", "$": "s", "€": "e"}
)
_SIGNS = frozenset("@$!|€")
# The combining accents of Latin, Greek and Cyrillic letters.
_ACCENTS = re.compile("[\u0300-\u036f]")


def caseless(text: str) -> str:
    """The text without differences of case and width (NFKC, case folded); spaces stay."""
    return unicodedata.normalize("NFKC", text).casefold()


def caseless_name(name: str) -> str:
    """The first LONGEST_COMPARED_NAME characters without differences of case, width and spacing."""
    return " ".join(caseless(name[:LONGEST_COMPARED_NAME]).split())


def words_only(text: str) -> str:
    """The letters and digits in lower case with single spaces, independent of formatting."""
    folded = text.casefold()
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())


def spelling_key(name: str) -> str:
    """The letters and digits of the name without case and accents; empty without any."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", plain))
    letters = [
        char for char in plain.casefold() if unicodedata.category(char)[0] in "LNM"
    ]
    return "".join(letters) if any(map(str.isalnum, letters)) else ""


@lru_cache(maxsize=8192)
def word_as_read(word: str) -> str:
    """
    The word as the classifier stores it: plain small letters, and digits read as letters.

    A whole number stays. Use `fold` for anything that is not stored as a feature.
    """
    plain = _without_accents(unicodedata.normalize("NFD", word.casefold()))
    plain = plain.translate(plain_letters())
    return plain if plain.isdigit() else plain.translate(_AS_LETTERS_IN_FEATURES)


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """
    The skeleton of a name, read in its own script; empty when the name is too short to tell.

    Two names look alike when they have the same skeleton. At most LONGEST_SKELETON characters.
    """
    return _skeleton(name, script_of(name))


@lru_cache(maxsize=64)
def skeletons(name: str) -> frozenset[str]:
    """The skeletons of a possible imitation: what the name looks like in each script."""
    return frozenset(_skeleton(name, script) for script in SCRIPTS) - {""}


@dataclass(frozen=True)
class Word:
    """One folded word, and the offsets of its start and end in the text."""

    look: str
    start: int
    end: int


def readings_of(text: str) -> list[list[Word]]:
    """
    The words of the text, once for each way in which a reader may read it.

    The first reading takes signs as separators. Further ones, where they differ, take
    signs as letters and join single letters into one word.
    """
    plain = list(_words(text, signs=False))
    readings = [plain]
    if not _SIGNS.isdisjoint(text):
        readings.append(list(_words(text, signs=True)))
    joined = list(_with_single_letters_joined(plain))
    if len(joined) < len(plain):
        readings.append(joined)
    return readings


def fold(text: str) -> str:
    """
    The words of the first reading, joined by spaces; empty for a text without words.

    Folding ignores case, accents and invisible characters, and replaces look-alikes of
    other scripts, and digits and signs used as letters.
    """
    return " ".join(map(_look, text.translate(_Shapes()).split()))


def _words(text: str, *, signs: bool) -> Iterator[Word]:
    start, end = 0, 0
    letters: list[str] = []
    for place, char in enumerate(text):
        if not _is_seen(char):
            continue
        shape = _shape(char)
        if shape or (signs and char in _SIGNS and _stands_in_a_word(text, place)):
            if not letters:
                start = place
            letters.append(shape or char)
            end = place + 1
        elif letters and not _is_a_mark(char):
            yield Word(_look(letters), start, end)
            letters = []
    if letters:
        yield Word(_look(letters), start, end)


def _look(letters: Iterable[str]) -> str:
    word = "".join(letters)
    return word if word.isdigit() else word.translate(_AS_LETTERS)


@lru_cache(maxsize=8192)
def _shape(char: str) -> str:
    """What the character looks like inside a word; empty when it is no part of a word."""
    parts = unicodedata.normalize("NFKD", char).casefold()
    shape = _without_accents(parts).translate(plain_letters()).casefold()
    return "".join(part for part in shape if part.isalnum() or _is_a_vowel(part))


class _Shapes:
    """A table for `str.translate`: characters to their shapes, and separators to spaces."""

    def __getitem__(self, code: int) -> str:
        return _shape_or_space(chr(code))


@lru_cache(maxsize=8192)
def _shape_or_space(char: str) -> str:
    shape = _shape(char) if _is_seen(char) else ""
    is_part = shape or not _is_seen(char) or _is_a_mark(char)
    return shape if is_part else " "


def _is_a_mark(char: str) -> bool:
    """Whether it is a mark on the letter before it, which never ends a word."""
    return unicodedata.category(char).startswith("M")


def _is_a_vowel(char: str) -> bool:
    """Whether it is a mark that counts as a letter, like the vowel signs of Hindi and Thai."""
    is_of_a_letter = unicodedata.category(char) in ("Mc", "Mn")
    return is_of_a_letter and not unicodedata.combining(char) and _is_seen(char)


def _stands_in_a_word(text: str, place: int) -> bool:
    after = text[place + 1 : place + 2]
    return after.isalnum() and (text[place] == "$" or text[place - 1 : place].isalnum())


def _with_single_letters_joined(words: list[Word]) -> Iterator[Word]:
    apart: list[Word] = []
    for word in [*words, None]:
        if word is not None and len(word.look) == 1:
            apart.append(word)
            continue
        if len(apart) >= FEWEST_APART:
            look = "".join(one.look for one in apart)
            yield Word(look, apart[0].start, apart[-1].end)
        else:
            yield from apart
        apart = []
        if word is not None:
            yield word


def _is_seen(char: str) -> bool:
    return (char.isprintable() or char.isspace()) and char not in NOT_DRAWN


def _without_accents(decomposed: str) -> str:
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _skeleton(name: str, script: str) -> str:
    shapes = shapes_in(name, script)
    if len(shapes) < SHORTEST_SKELETON:
        return ""
    return f"{script.lower()} {shapes}"[:LONGEST_SKELETON]
