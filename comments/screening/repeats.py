"""Rules about what was sent before: the same words again, nearly the same, and too much at once."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from comments.folding import fold
from comments.likeness import FEWEST_WORDS, likeness, shingles
from comments.screening.records import Earlier, Finding, Posted

FLOOD_WITHIN = timedelta(minutes=10)
# Folded texts that a process remembers: the last of the site and those of a sender are
# looked at again with every comment, and a hundred long ones take a quarter of a second.
# At most 250 KB for each.
MOST_REMEMBERED = 128


def repeated_text(posted: Posted) -> Iterator[Finding]:
    """The same words stand in a comment of the last day."""
    folded = _folded(posted.body)
    same = [one for one in _texts(posted) if _folded(one.body) == folded]
    if same and folded:
        yield Finding("repeated_text", value=len(same))


def similar_text(posted: Posted, limit: float) -> Iterator[Finding]:
    """Nearly the same words stand in a comment of the last day."""
    if len(_folded(posted.body).split()) < FEWEST_WORDS:
        return
    pieces = _shingles(posted.body)
    nearest = max(
        (likeness(pieces, _shingles(one.body)) for one in _texts(posted)), default=0
    )
    if limit <= nearest < 1:
        yield Finding("similar_text", round(nearest, 2), limit)


def flood(posted: Posted, limit: float) -> Iterator[Finding]:
    """Many comments from one sender within ten minutes."""
    lately = [
        one
        for one in posted.earlier
        if one.is_from_sender and posted.at - one.at < FLOOD_WITHIN
    ]
    if len(lately) >= limit:
        yield Finding("flood", len(lately) + 1, limit)


def heated_thread(posted: Posted, limit: float) -> Iterator[Finding]:
    """A conversation in which much is said within an hour."""
    if posted.said_lately > limit:
        yield Finding("heated_thread", posted.said_lately, limit)


def quick_post(posted: Posted, limit: float) -> Iterator[Finding]:
    """Sent sooner after the page was opened than anybody types; as the sender's browser says."""
    if posted.seconds_on_page is not None and posted.seconds_on_page < limit:
        yield Finding("quick_post", posted.seconds_on_page, limit)


def _texts(posted: Posted) -> list[Earlier]:
    return [one for one in posted.earlier if one.body]


@lru_cache(MOST_REMEMBERED)
def _folded(text):
    return fold(text)


@lru_cache(MOST_REMEMBERED)
def _shingles(text):
    return shingles(text)
