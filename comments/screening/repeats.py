"""Rules that compare with earlier comments: repeated text, near duplicates, too many at once."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from articles.core.text.counting import words_in
from articles.core.text.normalisation import fold
from articles.core.text.shingles import FEWEST_WORDS, likeness, shingles
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
    if words_in(posted.body) < FEWEST_WORDS:
        return
    pieces = _shingles(posted.body)
    nearest = max(
        (likeness(pieces, _shingles(one.body)) for one in _texts(posted)), default=0
    )
    if limit <= nearest < 1:
        yield Finding("similar_text", round(nearest, 2), limit)


def flood(posted: Posted, limit: float) -> Iterator[Finding]:
    """One sender has sent many comments within ten minutes."""
    if posted.at is None:
        return
    lately = [
        one
        for one in posted.earlier
        if one.is_from_sender and posted.at - one.at < FLOOD_WITHIN
    ]
    if len(lately) >= limit:
        yield Finding("flood", len(lately) + 1, limit)


def heated_thread(posted: Posted, limit: float) -> Iterator[Finding]:
    """The conversation has many comments within an hour."""
    if posted.said_lately > limit:
        yield Finding("heated_thread", posted.said_lately, limit)


def quick_post(posted: Posted, limit: float) -> Iterator[Finding]:
    """The comment was sent sooner after the page was opened than anybody can type."""
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
