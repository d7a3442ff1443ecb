"""What readers may know of the versions of an article that stood on the site."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils import timezone

from articles.content.diff import Part, compared

# Compared by one page: each pair takes its time.
VERSIONS_A_PAGE = 10

# What readers see of an article, in their words. Tags and addresses lead to it and are no part of it.
LABELS = {
    "title": "Headline",
    "standfirst": "Standfirst",
    "body": "Text",
    "byline": "Byline",
}


@dataclass(frozen=True)
class Version:
    """One version that stood on the site: from when on, and what it changed of the one before."""

    at: datetime
    # Each with its label; empty for the first version.
    parts: list[tuple[str, Part]]
    is_first: bool = False


def versions_of(article, *, before=None):
    """
    The versions of a visible article, newest first, and the key to go on from; None when there are no more.

    What was changed before readers could see the article, and after it was last
    published anew, is told as one: the first version.
    """
    kept = list(_kept(article, before)[: VERSIONS_A_PAGE + 1])
    if before is not None and not kept:
        return [], None
    first_is_here = len(kept) <= VERSIONS_A_PAGE
    versions = [
        version
        for newer, older in pairwise(kept)
        if (version := _version(newer, older)).parts
    ]
    if first_is_here:
        versions.append(Version(article.public_from, [], is_first=True))
        return versions, None
    return versions, kept[-1].pk


def _kept(article, before):
    """What was published after the article appeared, last first, and behind it what it appeared with."""
    live = article.revisions.live_until(timezone.now())
    first = live.live_until(article.public_from).last_live_first().first()
    if before is not None:
        start = live.filter(pk=before).first()
        if start is None:
            return live.none()
        live = live.live_no_later_than(start)
    kept = live.live_after(article.public_from)
    if first is not None:
        kept = kept | live.filter(pk=first.pk)
    return kept.last_live_first()


def _version(newer, older):
    found = compared(older.content, newer.content)
    parts = [(LABELS[part.name], part) for part in found.parts if part.name in LABELS]
    return Version(newer.published_at, parts)
