"""Taking a comment: one row for each that was sent, however often and from wherever it was."""

import json

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from comments.models import Comment
from comments.networks import wait_for_others
from comments.notifications import ask_to_confirm, moderators_mail
from comments.rates import TooMany, seconds_to_wait


class TooManyComments(TooMany):
    """The network has sent as many comments as it may."""


def take(comment, *, networks, by=None, decoy=False):
    """
    Store the comment and take its first step, or find the one that it repeats.

    `networks` are the sender's hashes, newest first; `by` is the moderator who
    writes it signed in: approved at once, and not counted. One that fell for the
    decoy is spam before anybody sees it. Returns the comment as it is stored,
    and raises TooManyComments.
    """
    keys = [repeat_key(comment, network) for network in networks or [""]]
    with transaction.atomic():
        wait_for_others()
        if repeated := Comment.objects.filter(repeat_key__in=keys).first():
            return repeated
        if by is None and (seconds := seconds_to_wait(networks)):
            raise TooManyComments(seconds)
        comment.by = by
        comment.network = next(iter(networks), "")
        comment.repeat_key = keys[0]
        try:
            with transaction.atomic():
                comment.save()
        except IntegrityError:
            # Somebody who was not made to wait sent the same a moment ago.
            repeated = Comment.objects.filter(repeat_key=keys[0]).first()
            if repeated is None:
                raise
            return repeated
        if by is not None:
            comment.approve(by=by)
        elif decoy:
            comment.mark_spam(note="The field that people do not see was filled in.")
        else:
            # Robust: the comment is stored, whatever becomes of the mail.
            transaction.on_commit(moderators_mail.enqueue, robust=True)
        if not decoy:
            ask_to_confirm(comment, networks=networks)
    return comment


def repeat_key(comment, network):
    """Equal for the same words, signed the same, in answer to the same, from the same network."""
    sent = [
        comment.article_id,
        comment.parent_id,
        comment.name,
        comment.email,
        comment.body,
        network,
    ]
    return salted_hmac(
        "comments.repeat", json.dumps(sent), algorithm="sha256"
    ).hexdigest()
