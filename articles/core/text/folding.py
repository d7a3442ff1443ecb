"""
Folding: words reduced to what they look like to a reader, for the rules to compare.

Folding ignores case, accents and invisible characters, and replaces look-alikes of other
scripts, and digits and signs used as letters. Each word keeps its place in the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from articles.core.text.confusables import plain_letters

# For “c4sino” and “ca$ino”; whole numbers stay. Whatever looks like an l or an i is an l.
_AS_LETTERS = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t"}
    | {"@": "a", "$": "s", "!": "l", "|": "l", "€": "e", "i": "l"}
)
_SIGNS = frozenset("@$!|€")
# Unicode calls these letters and marks, but nothing is drawn: joiners, fillers and
# variation selectors.
_NOT_DRAWN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
# This many single letters in a row are read as one word: “c a s i n o”.
FEWEST_APART = 3


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
    joined = list(_together(plain))
    if len(joined) < len(plain):
        readings.append(joined)
    return readings


def fold(text: str) -> str:
    """The words of the first reading, joined by spaces; empty for a text without words."""
    return " ".join(map(_look, text.translate(_Plainly()).split()))


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
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    shape = plain.translate(plain_letters()).casefold()
    return "".join(part for part in shape if part.isalnum() or _is_a_vowel(part))


class _Plainly:
    """A table for `str.translate`: characters to their shapes, and separators to spaces."""

    def __getitem__(self, code: int) -> str:
        return _plainly(chr(code))


@lru_cache(maxsize=8192)
def _plainly(char: str) -> str:
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


def _together(words: list[Word]) -> Iterator[Word]:
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
    return (char.isprintable() or char.isspace()) and not _NOT_DRAWN.match(char)
