"""Taking what a reader says is wrong in an article."""

from datetime import timedelta

from django.db import transaction

from articles.models import CorrectionRequest
from comments.models.sender_locks import hold_sender
from comments.security.throttling import Limit, require_room

# From one network, about whatever articles.
LIMITS = [Limit(5, timedelta(hours=1))]


def take(asked, *, networks):
    """
    Store the request, or find the one that it repeats; returns it as it is stored.

    `networks` are the sender's hashes, newest first. Raises rates.TooMany.
    """
    with transaction.atomic():
        hold_sender(networks, words=f"correction {asked.article_id} {asked.text}")
        same = CorrectionRequest.objects.filter(
            article=asked.article, text=asked.text, network__in=networks or [""]
        )
        if repeated := same.first():
            return repeated
        if networks:
            require_room(LIMITS, CorrectionRequest.objects.sent_from(networks))
        asked.network = next(iter(networks), "")
        asked.save()
    return asked
