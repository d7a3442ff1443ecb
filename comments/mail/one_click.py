"""Deciding by a link in the digest: what it was mailed for, and why it may be too late for that."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.module_loading import import_string

from comments.models import Comment, Digest
from comments.security.tokens import read_dated, row_by_name, row_name, sign_dated

DECIDE_WITHIN = timedelta(days=3)

# What a link can do, as the digest calls it; each is a method of Comment. The tokens hold
# their place in this order, so a new one comes last.
STEPS = {
    "approve": "Approve",
    "reject": "Reject",
    "mark_spam": "Mark as spam",
    "keep": "Keep as it is",
}
LEADS_TO = {
    "approve": Comment.Status.APPROVED,
    "reject": Comment.Status.REJECTED,
    "mark_spam": Comment.Status.SPAM,
}


@dataclass(frozen=True)
class Link:
    """One step of one moderator on one comment, as it was when the mail was written."""

    comment: Comment
    version: int
    text_revision: int
    step: str
    # None when the account is gone.
    moderator: Any
    has_ended: bool

    @property
    def is_permitted(self) -> bool:
        """Whether the moderator may decide, today."""
        return is_moderator(self.moderator)

    @property
    def is_allowed_by_mail(self) -> bool:
        """Whether this moderator may decide without signing in, today."""
        accounts = get_user_model().objects.filter(pk=self.moderator.pk)
        return deciding_by_mail(accounts).exists()

    @property
    def has_other_words(self) -> bool:
        return self.comment.text_revision != self.text_revision

    @property
    def comes_too_late(self) -> bool:
        """Whether something has happened to the comment since the mail was written."""
        return self.has_other_words or self.comment.version != self.version

    @property
    def can_be_followed(self) -> bool:
        return self.is_permitted and not (self.has_ended or self.comes_too_late)

    def follow(self, **why: Any) -> None:
        """Take the step. Raises TransitionError when somebody was faster."""
        step = getattr(self.comment, self.step)
        step(by=self.moderator, seen=self.version, **why)


def is_moderator(user: Any) -> bool:
    """Whether this account may decide on comments: it is active, of the staff, and permitted."""
    return (
        user is not None
        and user.is_active
        and user.is_staff
        and user.has_perm("comments.moderate_comment")
    )


def deciding_by_mail(accounts: Any) -> Any:
    """
    Of these accounts, those to whom links are mailed by which they decide without signing in.

    The setting DECIDE_BY_MAIL switches this off for all. Which accounts sign in with
    more than a mailbox proves is known to the project, not to this app: the setting
    ACCOUNTS_THAT_DECIDE_BY_MAIL names its function.
    """
    if not settings.DECIDE_BY_MAIL:
        return accounts.none()
    return import_string(settings.ACCOUNTS_THAT_DECIDE_BY_MAIL)(accounts)


def steps_on(comment: Comment) -> list[str]:
    """What the digest offers to do with a comment that waits, or whose author asks to look again."""
    steps = [step for step, status in LEADS_TO.items() if status != comment.status]
    return steps if comment.is_waiting else [*steps, "keep"]


def decision_address(comment, step, digest):
    """Where the moderator of the digest takes this step on the comment as it is now, without signing in; for three days."""
    parts = [
        row_name(comment),
        comment.version,
        comment.text_revision,
        list(STEPS).index(step),
        row_name(digest),
    ]
    return reverse("comments:decide", args=[sign_dated(parts, "decide")])


def link_to_decide(token):
    """What the token was mailed for, also when it is too late for that; None for a token that we did not make."""
    parts, is_in_time = read_dated(token, "decide", within=DECIDE_WITHIN)
    if len(parts) == 7:
        named, (*state, digest, key) = parts[:2], parts[2:]
        digest = row_by_name(Digest.objects.select_related("moderator"), digest, key)
    elif len(parts) == 5:
        named, (*state, moderator) = parts[:1], parts[1:]
        digests = Digest.objects.select_related("moderator")
        digest = digests.filter(moderator=moderator, takes_old_links=True).first()
    else:
        return None
    comments = Comment.objects.select_related("article", "parent")
    comment = row_by_name(comments.defer("article__body"), *named)
    if comment is None:
        return None
    version, text_revision, step = map(int, state)
    return Link(
        comment=comment,
        version=version,
        text_revision=text_revision,
        step=list(STEPS)[step],
        moderator=digest and digest.moderator,
        has_ended=not is_in_time,
    )
