"""Store readers' reports of errors in articles."""

from datetime import timedelta

from django.db import transaction

from articles.models import CorrectionRequest
from comments.models.sender_locks import lock_sender
from comments.security.throttling import RateLimit, require_within_limits

# For one network, about all articles together.
CORRECTION_REQUEST_LIMITS = [RateLimit(5, timedelta(hours=1))]


def submit_correction_request(correction_request, *, networks):
    """
    Store a CorrectionRequest, or find the equal one stored before; return the stored one.

    `networks` are the hashes of the sender's network, newest first. Raises
    throttling.TooMany.
    """
    with transaction.atomic():
        lock_sender(
            networks,
            words=f"correction {correction_request.article_id} {correction_request.text}",
        )
        same = CorrectionRequest.objects.filter(
            article=correction_request.article,
            text=correction_request.text,
            network__in=networks or [""],
        )
        if repeated := same.first():
            return repeated
        if networks:
            require_within_limits(
                CORRECTION_REQUEST_LIMITS, CorrectionRequest.objects.sent_from(networks)
            )
        correction_request.network = next(iter(networks), "")
        correction_request.save()
    return correction_request
