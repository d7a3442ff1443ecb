"""
Which texts are nearly the same, by the shingles that they share.

A shingle is a short run of words or letters. The similarity of two texts is the Jaccard
index (1901): the number of shingles that both have, divided by the number that either has.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice

from articles.core.text.normalisation import fold

# A shingle has this many words, or in a text of fewer than FEWEST_WORDS words, letters.
WORDS_A_PIECE = 3
LETTERS_A_PIECE = 4
FEWEST_WORDS = 5
# From this similarity on, two texts are alike.
ALIKE = 0.6
# Texts that may be alike are looked up by at most this many shingles, and at most
# MOST_COMPARED of them per shingle.
PIECES_LOOKED_UP = 100
MOST_COMPARED = 200


def shingles(text: str) -> frozenset[str]:
    """The shingles of the text; none for a text without words."""
    folded = fold(text)
    words = folded.split()
    if len(words) >= FEWEST_WORDS:
        return frozenset(
            " ".join(words[at : at + WORDS_A_PIECE])
            for at in range(len(words) - WORDS_A_PIECE + 1)
        )
    last = max(len(folded) - LETTERS_A_PIECE, 0)
    return frozenset(folded[at : at + LETTERS_A_PIECE] for at in range(last + 1)) - {""}


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The similarity of two texts by their shingles, from 0 to 1; 0 for texts without any."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def alike(texts: Sequence[str]) -> list[list[int]]:
    """
    Group the texts that are alike: lists of their indexes, in order of first appearance.

    A text joins the first group whose first text it is like. The time grows with the
    length of the texts, not with the square of their number.
    """
    groups: list[list[int]] = []
    first_pieces: list[frozenset[str]] = []
    groups_with: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        pieces = shingles(text)
        group = _group_of(pieces, first_pieces, groups_with)
        if group is not None:
            groups[group].append(place)
            continue
        for piece in pieces:
            groups_with[piece].append(len(groups))
        groups.append([place])
        first_pieces.append(pieces)
    return groups


def _group_of(pieces, first_pieces, groups_with):
    # Alike texts share ALIKE of all shingles, so almost certainly at least half that share
    # of a sample. Only these are compared as a whole, which is slow for long texts.
    some = list(islice(pieces, PIECES_LOOKED_UP))
    shared = Counter(
        group for piece in some for group in groups_with.get(piece, ())[:MOST_COMPARED]
    )
    for group in sorted(shared):
        is_near = shared[group] >= len(some) * ALIKE / 2
        if is_near and likeness(pieces, first_pieces[group]) >= ALIKE:
            return group
    return None
