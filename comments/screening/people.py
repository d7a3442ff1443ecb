"""Rules about the author, as far as they are known."""

from collections.abc import Iterator

from comments.screening.records import Finding, Posted


def new_commenter(posted: Posted) -> Iterator[Finding]:
    """The author is not trusted yet."""
    if not posted.is_trusted:
        yield Finding("new_commenter", posted.approvals)


def unproven_address(posted: Posted) -> Iterator[Finding]:
    """The address belongs to a known reader, and the author has not proved that it is theirs."""
    if posted.has_address_of_another:
        yield Finding("unproven_address")


def recent_rejections(posted: Posted, limit: float) -> Iterator[Finding]:
    """Moderators have recently rejected several comments of the same person or network."""
    if posted.rejected_lately > limit:
        yield Finding("recent_rejections", posted.rejected_lately, limit)


def muted(posted: Posted) -> Iterator[Finding]:
    """A moderator has muted the person or the network."""
    if posted.mutes:
        yield Finding("muted", words=posted.mutes)
