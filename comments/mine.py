"""What its author is told of a comment, and may do with it."""

from articles.models import TransitionError
from comments.models import Comment, Decision


def state_of(comment):
    """What became of the comment, in one word; spam is not called so."""
    if comment.is_withdrawn:
        return "withdrawn"
    if comment.is_waiting:
        return "waiting"
    if not comment.is_approved:
        return "not_published"
    return "published" if comment.is_shown else "approved"


def reason_given(comment):
    """Why the comment was rejected, where a moderator chose a reason that says something."""
    if comment.status != Comment.Status.REJECTED:
        return ""
    decision = comment.decisions.first()
    is_given = decision and decision.reason and decision.reason != Decision.Reason.OTHER
    return decision.get_reason_display() if is_given else ""


def withdraw(comment):
    """Withdraw the comment; a moderator who decides in the same moment does not stop its author."""
    for _ in range(2):
        if comment.is_withdrawn:
            return
        try:
            comment.withdraw()
        except TransitionError:
            # It was refreshed: the next turn starts from what the moderator made of it.
            continue
