"""The published versions of an article and their differences, as readers may see them."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils import timezone

from articles.content.diff import PartDiff, compare_snapshots
from articles.content.part_names import PART_NAMES

# Few, because each pair of versions is compared.
VERSIONS_A_PAGE = 10

# The parts whose changes readers see. Tags and addresses are not part of a version.
PUBLIC_PARTS = ["title", "standfirst", "body", "byline"]


@dataclass(frozen=True)
class Version:
    """A version that was on the site from `at` on, and what it changed."""

    at: datetime
    # Pairs of a label and a changed part; empty for the first version.
    parts: list[tuple[str, PartDiff]]
    is_first: bool = False


def versions_of(article, *, before=None):
    """
    The versions of a visible article, newest first, and the key of the next page or None.

    `before` is such a key. Everything before the article (last) became public counts as
    the first version.
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
    """The revisions published since the article appeared, newest first, then its first one."""
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
    found = compare_snapshots(older.content, newer.content)
    parts = [
        (PART_NAMES[part.name].for_readers, part)
        for part in found.parts
        if part.name in PUBLIC_PARTS
    ]
    return Version(newer.published_at, parts)
