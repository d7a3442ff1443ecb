"""A diff of two texts, word by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# When either text has more pieces than this, it is replaced as a whole: the time of a diff
# may grow with the product of both lengths.
MOST_PIECES = 4000

SAME, GONE, NEW = "same", "gone", "new"


def by_word(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of both texts in order, each as a pair of SAME, GONE or NEW and the text."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    steps: Sequence[tuple[str, int, int, int, int]]
    if max(len(before), len(after)) > MOST_PIECES:
        steps = [("replace", 0, len(before), 0, len(after))]
    else:
        steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for step, start, end, start_after, end_after in steps:
        if step == "equal":
            yield SAME, "".join(before[start:end])
            continue
        if start < end:
            yield GONE, "".join(before[start:end])
        if start_after < end_after:
            yield NEW, "".join(after[start_after:end_after])
