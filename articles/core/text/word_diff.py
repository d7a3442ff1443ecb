"""What differs between two texts, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# With more pieces than this in either, what differs is told as a whole: the time it
# takes may grow with their product.
MOST_PIECES = 4000

SAME, GONE, NEW = "same", "gone", "new"


def by_word(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The pieces of both texts in their order, each with whether it is the same, gone or new."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
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
