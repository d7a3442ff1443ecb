"""Taking what a reader says is wrong in an article, and the link under which that reader finds the answer."""

from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from articles.models import Article, CorrectionRequest
from comments.networks import wait_for_others
from comments.rates import Limit, require_room

# From one network, about whatever articles.
LIMITS = [Limit(5, timedelta(hours=1))]


def take(asked, *, networks):
    """
    Store the request, or find the one that it repeats; returns it as it is stored.

    `networks` are the sender's hashes, newest first. Raises rates.TooMany.
    """
    with transaction.atomic():
        wait_for_others()
        # Where no network is known there is nothing else that two at once wait for.
        Article.objects.select_for_update().only("pk").get(pk=asked.article_id)
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


def private_address(asked):
    """Where whoever sent the request finds what became of it."""
    return reverse("comments:correction_request", args=[_signer().sign(asked.pk)])


def request_of(token):
    """The request whose sender the token was given to; None for a token that we did not make."""
    try:
        pk = _signer().unsign(token)
    except BadSignature:
        return None
    requests = CorrectionRequest.objects.select_related("article", "answer")
    return requests.filter(pk=pk).first()


def _signer():
    # A salt of its own purpose, as in comments.tokens.
    return Signer(salt="comments.correction_request")
