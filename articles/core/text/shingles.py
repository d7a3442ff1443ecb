"""
Which texts are nearly the same: by the pieces of some words, or letters, that they share.

The likeness of two texts is that of Jaccard (1901): of all the pieces that either has, the
share that both have; 1 for the same words, 0 for no piece in common.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice

from articles.core.text.folding import fold

# So many words are a piece; in a text of fewer words, so many letters.
WORDS_A_PIECE = 3
LETTERS_A_PIECE = 4
FEWEST_WORDS = 5
# Likeness from which two texts are said to be alike.
ALIKE = 0.6
# Others that share a piece with a text are looked up by so many of its pieces, and for
# each of these so many.
PIECES_LOOKED_UP = 100
MOST_COMPARED = 200


def shingles(text: str) -> frozenset[str]:
    """The pieces of the text; none where there is no word in it."""
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
    """How alike two texts with these pieces are, from 0 to 1; texts without a piece are like none."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def alike(texts: Sequence[str]) -> list[list[int]]:
    """
    The places of the texts in groups of those that are alike, each group and all groups in their order.

    A text belongs to the first group whose first text it is like. The time grows with
    the length of the texts, not with the square of their number.
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
    # What is alike has three in five of all pieces, and so nearly for sure half as many of
    # some: only such are compared as a whole, which takes long where texts are.
    some = list(islice(pieces, PIECES_LOOKED_UP))
    shared = Counter(
        group for piece in some for group in groups_with.get(piece, ())[:MOST_COMPARED]
    )
    for group in sorted(shared):
        is_near = shared[group] >= len(some) * ALIKE / 2
        if is_near and likeness(pieces, first_pieces[group]) >= ALIKE:
            return group
    return None
