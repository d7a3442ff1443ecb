"""Which automatic decisions a moderator judges once more: some of them, drawn by lot."""

from random import SystemRandom

from django.conf import settings

from comments.models import Comment, SecondLook

DECIDED = [Comment.Status.APPROVED, Comment.Status.SPAM]
# From 0 to below 1; nobody can foresee it.
_lot = SystemRandom().random


def draw(comment, *, lot=_lot):
    """Let the lot decide whether somebody looks once more at what the machine has just decided on a reader's comment."""
    is_automatic = comment.by_id is None and comment.status in DECIDED
    if is_automatic and lot() * 100 < settings.SECOND_LOOKS:
        SecondLook.objects.create(
            comment=comment,
            status=comment.status,
            text_revision=comment.text_revision,
        )
