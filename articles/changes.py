"""What readers may know of the versions of an article that stood on the site."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Q
from django.utils import timezone

from articles.comparison import Part, compared

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
    """What was published after the article appeared, newest first, and behind it what it appeared with."""
    published = article.revisions.published().filter(published_at__lte=timezone.now())
    if before is not None:
        start = published.filter(pk=before).values_list("published_at", "pk").first()
        if start is None:
            return published.none()
        at, pk = start
        published = published.filter(
            Q(published_at__lt=at) | Q(published_at=at, pk__lte=pk)
        )
    appeared = published.filter(published_at__lte=article.public_from)
    first = appeared.order_by("-published_at", "-id").values("pk")[:1]
    later = Q(published_at__gt=article.public_from)
    return published.filter(
        later | Q(pk__in=list(first.values_list("pk", flat=True)))
    ).order_by("-published_at", "-id")


def _version(newer, older):
    found = compared(older.content, newer.content)
    parts = [(LABELS[part.name], part) for part in found.parts if part.name in LABELS]
    return Version(newer.published_at, parts)
