"""
Near duplicates among names: the same but for case, accents, signs, plural or a slip.

The cost is bounded by the number of names and by MOST_COMPARISONS. The shorter name is cut into
one piece more than the edits that are allowed. Two names within that distance must share
a piece, so only names that share a piece are compared letter by letter.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import Levenshtein

from articles.core.text.normalisation import spelling_key

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Letters from which on one edit, or two, may be a slip of the hand.
LETTERS_FOR_EDITS = [(10, 2), (5, 1)]
# In characters: names that differ more in length are not near.
MOST_DIFFERENCE = 5
# The most pairs that are compared letter by letter; they take about a second.
MOST_COMPARISONS = 100_000

_BETWEEN_WORDS = re.compile(r"[\s/_–—-]+")
_DIGITS = re.compile(r"\d+")
_BEFORE_ES = ("se", "xe", "ze", "che", "she")


@dataclass(frozen=True)
class SimilarPair:
    """Two names, and the reason why they may mean the same, as a text for the desk."""

    one: str
    other: str
    why: "StrOrPromise"


@dataclass(frozen=True)
class SimilarNames:
    """The pairs found, and whether the search stopped at MOST_COMPARISONS."""

    pairs: list[SimilarPair]
    is_cut_short: bool = False


def find_similar(names: Iterable[str]) -> SimilarNames:
    """
    The pairs of names that may mean the same, surest first, each pair once.

    In a group of names that differ only in case, accents and signs, each is paired with
    the first name only. The same goes for names with the same singular.
    """
    keys = defaultdict(list)
    for name in sorted(set(names)):
        keys[spelling_key(name)].append(name)
    # Names without letters and digits, such as an emoji, have no key.
    keys.pop("", None)
    singulars = defaultdict(list)
    for alike in keys.values():
        singulars[singular_of(alike[0])].append(alike[0])
    near, is_cut_short = _near(
        {spelling_key(alike[0]): alike[0] for alike in singulars.values()}
    )
    pairs = [
        *_with_the_first(
            keys.values(), _("The same except for case, accents or punctuation")
        ),
        *_with_the_first(singulars.values(), _("Singular and plural")),
        *(
            SimilarPair(one, other, _("Nearly the same spelling"))
            for one, other in map(sorted, near)
        ),
    ]
    return SimilarNames(pairs, is_cut_short)


def names_near(name: str, others: Iterable[str], *, most: int = 3) -> list[str]:
    """Those of the other names that may mean the same as this one, nearest first."""
    key, singular = spelling_key(name), singular_of(name)
    if not key:
        return []
    found = []
    for other in others:
        # Accents that are composed and signs between words make some difference in length.
        if abs(len(other) - len(name)) > MOST_DIFFERENCE:
            continue
        distance = _distance(key, singular, other)
        if distance is not None:
            found.append((distance, other))
    return [other for _distance, other in sorted(found)[:most]]


def singular_of(name: str) -> str:
    """The key of the name with each word in the singular, by the rules of English."""
    return "".join(_singular(spelling_key(word)) for word in _BETWEEN_WORDS.split(name))


def edits_allowed(letters: int) -> int:
    """The edits that are allowed between two names when the shorter has this many letters."""
    return next((edits for long, edits in LETTERS_FOR_EDITS if letters >= long), 0)


def _distance(key, singular, other):
    """The edits between a key and another name; None if they are too many."""
    other_key = spelling_key(other)
    if other_key == key:
        return 0
    edits = edits_allowed(min(len(key), len(other_key)))
    if _DIGITS.findall(key) == _DIGITS.findall(other_key):
        distance = Levenshtein.distance(key, other_key, score_cutoff=edits)
        if distance <= edits:
            return distance
    is_plural = key[:2] == other_key[:2] and singular_of(other) == singular
    return 1 if is_plural else None


def _singular(word):
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    word = word.removesuffix("s")
    if word.endswith("ie"):
        return word.removesuffix("ie") + "y"
    # The ending alone does not tell whether the singular has an e: “houses”, “churches”.
    return word.removesuffix("e") if word.endswith(_BEFORE_ES) else word


def _with_the_first(groups, why):
    for first, *others in groups:
        for other in others:
            yield SimilarPair(first, other, why)


def _near(names_by_key):
    """The pairs of names within the allowed edits, and whether the search stopped at MOST_COMPARISONS."""
    pieces, found, compared = defaultdict(list), [], 0
    for key in sorted(names_by_key, key=lambda key: (len(key), key)):
        # Another number, such as a year, is no slip: only names with the same numbers compare.
        numbers, seen = tuple(_DIGITS.findall(key)), set()
        for shorter in _sharing_a_piece(key, numbers, pieces):
            compared += 1
            if compared > MOST_COMPARISONS:
                return found, True
            if shorter not in seen:
                seen.add(shorter)
                edits = edits_allowed(len(shorter))
                if Levenshtein.distance(shorter, key, score_cutoff=edits) <= edits:
                    found.append((names_by_key[shorter], names_by_key[key]))
        for number, start, end in _pieces(len(key)):
            pieces[numbers, len(key), number, key[start:end]].append(key)
    return found, False


def _pieces(length):
    """Number, start and end of each piece of a key of this length; none if no edit is allowed."""
    edits = edits_allowed(length)
    if not edits:
        return []
    ends = [length * number // (edits + 1) for number in range(edits + 2)]
    return [(number, *ends_) for number, ends_ in enumerate(pairwise(ends))]


def _sharing_a_piece(key, numbers, pieces):
    """Yield the keys, not longer than this one, that share a piece with it; some repeatedly."""
    for length in range(len(key) - edits_allowed(len(key)), len(key) + 1):
        edits = edits_allowed(length)
        for number, start, end in _pieces(length):
            for moved in range(max(-edits, -start), edits + 1):
                text = key[start + moved : end + moved]
                yield from pieces.get((numbers, length, number, text), ())
