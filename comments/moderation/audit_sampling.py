"""Draw the audit sample: automatic decisions that a moderator judges again."""

from random import SystemRandom

from django.conf import settings

from comments.models import Comment, SecondLook

DECIDED = [Comment.Status.APPROVED, Comment.Status.SPAM]
# Returns an unpredictable number from 0 to below 1.
_lot = SystemRandom().random


def draw_for_audit(comment, *, lot=_lot):
    """
    Decide by lot whether the automatic decision just taken on a comment joins the sample.

    The setting SECOND_LOOKS is the share in percent; staff replies are never drawn. `lot`
    returns a number from 0 to below 1.
    """
    is_automatic = comment.by_id is None and comment.status in DECIDED
    if is_automatic and lot() * 100 < settings.SECOND_LOOKS:
        SecondLook.objects.create(
            comment=comment,
            status=comment.status,
            text_revision=comment.text_revision,
        )
