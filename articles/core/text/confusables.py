"""
Which names look alike, whatever letters they are written in.

The skeleton of a name is what is left when everything is taken away that a reader
does not see or does not mind (case, spaces, punctuation, accents, characters without
a shape), and when one letter stands for all those that look like it. Two names look
alike when they have the same skeleton. Which letters look alike is Unicode's to say:
`confusables.txt` of UTS #39, which the package confusable-homoglyphs carries.
"""

import json
import unicodedata
from contextlib import suppress
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from string import ascii_letters, digits

# A capital may look like another foreign letter than the small one does: “Н” is an H to
# a reader of Latin letters, and “н” is not. So a name is measured with the capitals of
# its own script alone. With those of all three at once, n, v and h were one letter.
SCRIPTS = ["LATIN", "GREEK", "CYRILLIC"]

# Of names with fewer letters than that, too many look alike.
FEWEST_LETTERS = 3
# Longer names are compared by their beginning.
LONGEST_SKELETON = 250

# The last letter of these scripts that a name needs both as a capital and small.
_LAST_CAPITAL = 0x52F
# Two ways to write one letter, of which Unicode says nothing because they do not look alike.
_SPELT_OTHERWISE = [("ß", "ss"), ("ς", "σ")]
_LEFT_TO_RIGHT = r"\u200e"
_SMALL_CAPITALS = "LATIN LETTER SMALL CAPITAL"
_PLAIN = frozenset(ascii_letters + digits)
# Letters by their category that leave nothing on the page.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
# Marks by their category of which nothing is seen: a joiner, two vowels that Khmer does
# not write, and what selects the shape of the character before.
_UNSEEN_MARKS = frozenset(
    map(
        chr,
        [0x34F, 0x17B4, 0x17B5]
        + [*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)],
    )
)


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """The skeleton of a name that others may imitate, measured by its own script; empty when it is too short to tell."""
    return _skeleton(name, script_of(name))


@lru_cache(maxsize=64)
def skeletons(name: str) -> frozenset[str]:
    """Of a name that may be an imitation: what it looks like to the readers of each script."""
    return frozenset(_skeleton(name, script) for script in SCRIPTS) - {""}


@cache
def plain_letters() -> dict[int, str]:
    """For `str.translate`, of every character that is not ASCII and looks like a small letter of it: that letter."""
    pairs = ((char, look.casefold()) for char, look in _look_alikes())
    return {
        ord(char): look for char, look in pairs if not char.isascii() and look in _PLAIN
    }


def script_of(name: str) -> str:
    """The script that most of its letters are of; Latin where that is none of ours."""
    letters = unicodedata.normalize("NFKD", name)
    scripts = [unicodedata.name(letter, "").partition(" ")[0] for letter in letters]
    return max(SCRIPTS, key=scripts.count)


def _skeleton(name, script):
    shapes = unicodedata.normalize("NFD", name).translate(_shapes(script))
    if len(shapes) < FEWEST_LETTERS:
        return ""
    return f"{script.lower()} {shapes}"[:LONGEST_SKELETON]


@cache
def _shapes(script):
    return Shapes(script)


class Shapes(dict):
    """What stands in a skeleton for each character, for `str.translate`; worked out when it is first met."""

    def __init__(self, script):
        super().__init__()
        self._stands_for = _one_for_all(chain(_look_alikes(), _capitals(script)))
        plain = {self._stands_for.get(char, char) for char in _PLAIN}
        spelt = (
            (self._stands_for.get(char, char), letters)
            for char, letters in _spellings()
        )
        # “ð” looks like a sign and is the small letter of “Ð”, a D: a D is no sign.
        self._spelt = {
            one: letters for one, letters in spelt if letters or one not in plain
        }

    def __missing__(self, code):
        char = chr(code)
        one = self._stands_for.get(char, char)
        spelt = one and self._spelt.get(one)
        if spelt is None and char not in self._stands_for:
            # Not one that looks like another; but “ⓐ” is an a, in a circle.
            one = one if _has_shape(one) else ""
            letters = unicodedata.normalize("NFKD", char).casefold()
            spelt = letters if letters != char else None
        self[code] = one if spelt is None else spelt.translate(self)
        return self[code]


def _one_for_all(pairs):
    """
    For each character of the pairs the one that stands for all that look like it, directly or by way of others.

    Nothing stands for a stroke that some script has as a letter: “—” is Chinese for
    one, and separates. “|” is an l, for it has no such use inside a name.
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
    """The capital and the small letters of the script, in pairs."""
    for code in range(_LAST_CAPITAL + 1):
        small = chr(code)
        capital = small.upper()
        if capital.lower() == small != capital and script_of(small) == script:
            yield capital, small
            with suppress(KeyError):
                yield capital, unicodedata.lookup(f"{_SMALL_CAPITALS} {capital}")


def _look_alikes():
    """The characters that look like one letter, with that letter."""
    return ((char, look) for char, look in _confusables() if len(look) == 1)


def _spellings():
    """The characters that look like several letters, or like nothing that counts, with these."""
    spelt = (
        # “Ⓡ” looks like a sign, and is an R all the same.
        (char, look or _letters_of(char).replace(char, ""))
        for char, look in _confusables()
        if len(look) != 1
    )
    return chain(spelt, _SPELT_OTHERWISE)


@cache
def _confusables():
    """Each character of UTS #39 with the letters that it looks like."""
    data = files("confusable_homoglyphs").joinpath("confusables.json").read_text()
    # Between marks of direction, where the letter is one that is read from right to left.
    pairs = json.loads(data.replace(_LEFT_TO_RIGHT, "")).items()
    # Every pair stands there both ways round; what several look like comes from no other.
    return [
        (char, _letters_of(others[0]["c"]))
        for char, others in pairs
        if len(char) == 1 and len(others) == 1
    ]


def _letters_of(text):
    return "".join(filter(_has_shape, unicodedata.normalize("NFKD", text)))


def _has_shape(char):
    category = unicodedata.category(char)
    if category == "Mn":
        # Accents have a class of combining; without one, a mark is a letter, as in Hindi.
        return not unicodedata.combining(char) and char not in _UNSEEN_MARKS
    return (category[0] in "LN" or category == "Mc") and char not in _FILLERS
