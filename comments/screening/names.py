"""Rules about names: nobody may pass for the newsroom or somebody in it."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext, gettext_noop

from articles.core.text.normalisation import skeleton, skeletons
from comments.screening.records import Finding, Posted

# The badge beside the names of staff replies.
BADGE = gettext_noop("Newsroom staff")
# Each counts in English and in the language of the site.
ROLES = [
    gettext_noop("Admin"),
    gettext_noop("Administrator"),
    gettext_noop("Editor"),
    gettext_noop("Editor-in-chief"),
    gettext_noop("Editorial staff"),
    gettext_noop("Editorial team"),
    gettext_noop("Editors"),
    gettext_noop("Moderation"),
    gettext_noop("Moderator"),
    gettext_noop("Moderators"),
    gettext_noop("Newsroom"),
    gettext_noop("Staff"),
    gettext_noop("Team"),
    gettext_noop("Webmaster"),
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
    claimed += [
        badge
        for badge in dict.fromkeys([BADGE, gettext(BADGE)])
        if _carries(badge, posted.name)
    ]
    if claimed and posted.by is None:
        yield Finding("look_alike_newsroom", words=_each_once(claimed))


def _may_be_taken_for(names: Iterable[str], posted: Posted) -> bool:
    return not skeletons(posted.name).isdisjoint(map(skeleton, names))


def _is_their_own(posted: Posted) -> bool:
    return posted.by is not None and _may_be_taken_for(posted.by.names, posted)


def _claims(site_name: str) -> list[str]:
    roles = list(dict.fromkeys([*ROLES, *map(gettext, ROLES)]))
    of_the_site = [f"{site_name} {role}" for role in roles] if site_name else []
    return [*filter(None, [site_name]), *roles, *of_the_site]


def _carries(badge: str, name: str) -> bool:
    look_of_badge = skeleton(badge).partition(" ")[2]
    return look_of_badge != "" and any(
        look_of_badge in look for look in skeletons(name)
    )


def _each_once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
