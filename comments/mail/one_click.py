"""The one-click links in the digest: which step a link takes, and whether it still can."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from comments.models import Comment, Digest
from comments.security.tokens import read_dated, row_by_name, row_name, sign_dated

DECIDE_WITHIN = timedelta(days=3)

# The steps that a link can take, as the digest calls them; each is a method of Comment. A
# token holds the position in this order, so a new step goes at the end.
ONE_CLICK_STEPS = {
    "approve": _("Approve"),
    "reject": _("Reject"),
    "mark_spam": _("Mark as spam"),
    "keep": _("Keep as it is"),
}
LEADS_TO = {
    "approve": Comment.Status.APPROVED,
    "reject": Comment.Status.REJECTED,
    "mark_spam": Comment.Status.SPAM,
}


@dataclass(frozen=True)
class Link:
    """A one-click link: one step of one moderator on one comment, as of the mail."""

    comment: Comment
    version: int
    text_revision: int
    step: str
    # The user; None if the account is deleted.
    moderator: Any
    has_ended: bool

    @property
    def is_permitted(self) -> bool:
        """Whether the moderator may still decide."""
        return is_moderator(self.moderator)

    @property
    def is_allowed_by_mail(self) -> bool:
        """Whether the moderator may still decide without signing in."""
        accounts = get_user_model().objects.filter(pk=self.moderator.pk)
        return deciding_by_mail(accounts).exists()

    @property
    def has_other_words(self) -> bool:
        """Whether the text has changed since the mail was written."""
        return self.comment.text_revision != self.text_revision

    @property
    def comes_too_late(self) -> bool:
        """Whether the comment has changed since the mail was written."""
        return self.has_other_words or self.comment.version != self.version

    @property
    def can_be_followed(self) -> bool:
        return self.is_permitted and not (self.has_ended or self.comes_too_late)

    def follow(self, **why: Any) -> None:
        """Take the step. Raises TransitionError if somebody was faster."""
        step = getattr(self.comment, self.step)
        step(by=self.moderator, seen=self.version, **why)


def is_moderator(user: Any) -> bool:
    """Whether this user may decide on comments: active, staff, and with the permission."""
    return (
        user is not None
        and user.is_active
        and user.is_staff
        and user.has_perm("comments.moderate_comment")
    )


def deciding_by_mail(accounts: Any) -> Any:
    """
    Of this queryset of users, those who get one-click links.

    The setting DECIDE_BY_MAIL can switch them off. The setting ACCOUNTS_THAT_DECIDE_BY_MAIL
    names a function of the project that leaves out accounts for which a mailbox is not
    enough proof, such as those with a second factor.
    """
    if not settings.DECIDE_BY_MAIL:
        return accounts.none()
    return import_string(settings.ACCOUNTS_THAT_DECIDE_BY_MAIL)(accounts)


def steps_on(comment: Comment) -> list[str]:
    """The steps that the digest offers for a waiting or appealed comment."""
    steps = [step for step, status in LEADS_TO.items() if status != comment.status]
    return steps if comment.is_waiting else [*steps, "keep"]


def decision_address(comment, step, digest):
    """
    The one-click address of this step on the comment, for the moderator of the digest.

    Valid for DECIDE_WITHIN, and as long as the comment does not change.
    """
    parts = [
        row_name(comment),
        comment.version,
        comment.text_revision,
        list(ONE_CLICK_STEPS).index(step),
        row_name(digest),
    ]
    return reverse("comments:decide", args=[sign_dated(parts, "decide")])


def link_to_decide(token):
    """The Link of this token, also if it is expired or stale; None for an invalid token."""
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
        step=list(ONE_CLICK_STEPS)[step],
        moderator=digest and digest.moderator,
        has_ended=not is_in_time,
    )
