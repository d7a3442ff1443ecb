"""
The tables of Unicode that say which letters look alike, in any mixture of scripts.

They serve `normalisation.skeleton`, which compares names. A skeleton drops everything that
a reader does not see or does not mind (case, spaces, punctuation, accents, characters
without a shape), and one letter stands for all those that look like it. The pairs come from
`confusables.txt` of UTS #39, in the package confusable-homoglyphs.
"""

import json
import unicodedata
from contextlib import suppress
from functools import cache
from importlib.resources import files
from itertools import chain
from string import ascii_letters, digits

# A capital and its small letter may look like different foreign letters: “Н” is an H to a
# reader of Latin letters, and “н” is not. So a skeleton uses the capitals of one script
# only. With the capitals of all three at once, n, v and h would be one letter.
SCRIPTS = ["LATIN", "GREEK", "CYRILLIC"]

# The last code point of these scripts that is searched for capital letters.
_LAST_CAPITAL = 0x52F
# Two spellings of one letter. Unicode does not list them, because they do not look alike.
_SPELT_OTHERWISE = [("ß", "ss"), ("ς", "σ")]
_LEFT_TO_RIGHT = r"\u200e"
_SMALL_CAPITALS = "LATIN LETTER SMALL CAPITAL"
_PLAIN = frozenset(ascii_letters + digits)
# Unicode calls these letters and marks, but nothing is drawn: joiners, fillers, two vowels
# that Khmer does not write, and variation selectors.
NOT_DRAWN = frozenset(
    map(
        chr,
        [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0]
        + [*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)],
    )
)


@cache
def plain_letters() -> dict[int, str]:
    """A table for `str.translate`: from other characters to the ASCII character they look like."""
    pairs = ((char, look.casefold()) for char, look in _look_alikes())
    return {
        ord(char): look for char, look in pairs if not char.isascii() and look in _PLAIN
    }


def script_of(name: str) -> str:
    """The one of SCRIPTS that most letters of the name belong to; Latin when none does."""
    letters = unicodedata.normalize("NFKD", name)
    scripts = [unicodedata.name(letter, "").partition(" ")[0] for letter in letters]
    return max(SCRIPTS, key=scripts.count)


def shapes_in(name: str, script: str) -> str:
    """The name with one shape for all characters that look alike to a reader of the script."""
    return unicodedata.normalize("NFD", name).translate(_shapes(script))


@cache
def _shapes(script):
    return _Shapes(script)


class _Shapes(dict):
    """A table for `str.translate`: from characters to parts of a skeleton, filled on demand."""

    def __init__(self, script):
        super().__init__()
        self._stands_for = _one_for_all(chain(_look_alikes(), _capitals(script)))
        plain = {self._stands_for.get(char, char) for char in _PLAIN}
        spelt = (
            (self._stands_for.get(char, char), letters)
            for char, letters in _spellings()
        )
        # “ð” looks like a sign but is the small letter of “Ð”, which looks like a D. Plain
        # letters are never dropped as signs.
        self._spelt = {
            one: letters for one, letters in spelt if letters or one not in plain
        }

    def __missing__(self, code):
        char = chr(code)
        one = self._stands_for.get(char, char)
        spelt = one and self._spelt.get(one)
        if spelt is None and char not in self._stands_for:
            # It looks like no other character, but it may contain one: “ⓐ” is an a.
            one = one if _has_shape(one) else ""
            letters = unicodedata.normalize("NFKD", char).casefold()
            spelt = letters if letters != char else None
        self[code] = one if spelt is None else spelt.translate(self)
        return self[code]


def _one_for_all(pairs):
    """
    Map each character of the pairs to one representative of all that look like it.

    Characters look alike directly or through others. Strokes that are a letter in some
    script map to nothing: “—” looks like the Chinese one, but separates words. “|” counts
    as an l, because it does not separate anything inside a name.
    """
    towards = {}

    def one_for(char):
        while towards.setdefault(char, char) != char:
            char = towards[char]
        return char

    for pair in pairs:
        first, other = sorted(map(one_for, pair))
        towards[other] = first
    standing = {char: one_for(char) for char in towards}
    strokes = {one for char, one in standing.items() if not _letters_of(char)}
    strokes -= {one for char, one in standing.items() if char in _PLAIN}
    return {char: "" if one in strokes else one for char, one in standing.items()}


def _capitals(script):
    """Yield pairs of a capital letter of the script and its small letter or small capital."""
    for code in range(_LAST_CAPITAL + 1):
        small = chr(code)
        capital = small.upper()
        if capital.lower() == small != capital and script_of(small) == script:
            yield capital, small
            with suppress(KeyError):
                yield capital, unicodedata.lookup(f"{_SMALL_CAPITALS} {capital}")


def _look_alikes():
    """Pairs of a character and the one letter that it looks like."""
    return ((char, look) for char, look in _confusables() if len(look) == 1)


def _spellings():
    """Pairs of a character and the letters that it looks like: several, or none that count."""
    spelt = (
        # “Ⓡ” looks like a sign but contains an R.
        (char, look or _letters_of(char).replace(char, ""))
        for char, look in _confusables()
        if len(look) != 1
    )
    return chain(spelt, _SPELT_OTHERWISE)


@cache
def _confusables():
    """Each character of UTS #39 with the letters that it looks like."""
    data = files("confusable_homoglyphs").joinpath("confusables.json").read_text()
    # Right-to-left letters stand between direction marks in the data.
    pairs = json.loads(data.replace(_LEFT_TO_RIGHT, "")).items()
    # The data has every pair both ways round. A character with several entries looks like
    # no other: it is the one that others look like.
    return [
        (char, _letters_of(others[0]["c"]))
        for char, others in pairs
        if len(char) == 1 and len(others) == 1
    ]


def _letters_of(text):
    return "".join(filter(_has_shape, unicodedata.normalize("NFKD", text)))


def _has_shape(char):
    if char in NOT_DRAWN:
        return False
    category = unicodedata.category(char)
    if category == "Mn":
        # Accents have a combining class. Marks without one are letters, as in Hindi.
        return not unicodedata.combining(char)
    return category[0] in "LN" or category == "Mc"
