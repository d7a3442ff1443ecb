"""Rules about names: nobody may pass for the newsroom or somebody in it."""

from collections.abc import Iterable, Iterator

from articles.core.text.normalisation import skeleton, skeletons
from comments.screening.records import Finding, Posted

# The badge beside the names of staff replies.
BADGE = "Newsroom staff"
ROLES = [
    "Admin",
    "Administrator",
    "Editor",
    "Editor-in-chief",
    "Editorial staff",
    "Editorial team",
    "Editors",
    "Moderation",
    "Moderator",
    "Moderators",
    "Newsroom",
    "Staff",
    "Team",
    "Webmaster",
]


def look_alike_staff(posted: Posted) -> Iterator[Finding]:
    """The name looks like that of a member of staff, and they did not sign in."""
    resembled = [
        str(account)
        for account in posted.staff
        if _may_be_taken_for(account.names, posted)
    ]
    if resembled and not _is_their_own(posted):
        yield Finding("look_alike_staff", words=_each_once(resembled))


def look_alike_byline(posted: Posted) -> Iterator[Finding]:
    """The name looks like one in a byline."""
    resembled = [name for name in posted.bylines if _may_be_taken_for([name], posted)]
    if resembled and not _is_their_own(posted):
        yield Finding("look_alike_byline", words=_each_once(resembled))


def look_alike_newsroom(posted: Posted) -> Iterator[Finding]:
    """The name claims to be the newsroom; members of staff who signed in may use it."""
    claimed = [
        claim
        for claim in _claims(posted.site_name)
        if _may_be_taken_for([claim, f"The {claim}"], posted)
    ]
    if _carries_the_badge(posted.name):
        claimed.append(BADGE)
    if claimed and posted.by is None:
        yield Finding("look_alike_newsroom", words=_each_once(claimed))


def _may_be_taken_for(names: Iterable[str], posted: Posted) -> bool:
    return not skeletons(posted.name).isdisjoint(map(skeleton, names))


def _is_their_own(posted: Posted) -> bool:
    return posted.by is not None and _may_be_taken_for(posted.by.names, posted)


def _claims(site_name: str) -> list[str]:
    of_the_site = [f"{site_name} {role}" for role in ROLES] if site_name else []
    return [*filter(None, [site_name]), *ROLES, *of_the_site]


def _carries_the_badge(name: str) -> bool:
    badge = skeleton(BADGE).partition(" ")[2]
    return any(badge in look for look in skeletons(name))


def _each_once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
