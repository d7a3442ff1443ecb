"""Rules about who writes, as far as that is known."""

from collections.abc import Iterator

from comments.screening.records import Finding, Posted


def new_commenter(posted: Posted) -> Iterator[Finding]:
    """Nobody whom the moderators have come to trust."""
    if not posted.is_trusted:
        yield Finding("new_commenter", posted.approvals)


def unproven_address(posted: Posted) -> Iterator[Finding]:
    """Somebody typed the address of a reader whom we know, and has not shown that it is theirs."""
    if posted.has_address_of_another:
        yield Finding("unproven_address")


def recent_rejections(posted: Posted, limit: float) -> Iterator[Finding]:
    """Moderators have rejected comments of the same person or network of late."""
    if posted.rejected_lately > limit:
        yield Finding("recent_rejections", posted.rejected_lately, limit)


def muted(posted: Posted) -> Iterator[Finding]:
    """A moderator has muted the person or the network."""
    if posted.mutes:
        yield Finding("muted", words=posted.mutes)
