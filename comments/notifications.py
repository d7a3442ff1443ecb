"""The mails this app sends."""

import logging
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator

from comments.models import Comment, WaitingMail

logger = logging.getLogger(__name__)

EXCERPT = 300


def tell_moderators():
    """
    Mail the moderators that comments wait; to be called whenever that may be so.

    Sends when something waits that came after the last mail, and that mail is
    an hour old: what still waits from before is counted in the next one. A mail
    that cannot be sent is logged, and whoever calls next tries again.
    """
    newest = Comment.objects.waiting().order_by("-id").first()
    recipients = newest and _addresses_of_moderators()
    if not recipients:
        return
    before = WaitingMail.objects.claim(newest.pk)
    if before is None:
        return
    try:
        _send(recipients)
    except Exception:
        logger.exception("The moderators could not be told that comments wait.")
        WaitingMail.objects.give_back(newest.pk, before)


@task
def moderators_mail():
    """`tell_moderators`, for the request that took a comment; a worker does it where there is one."""
    tell_moderators()


def _send(recipients):
    waiting = Comment.objects.waiting()
    number = waiting.count()
    oldest = waiting.oldest_first().select_related("article").first()
    if oldest is None:
        return
    text = render_to_string(
        "comments/waiting.txt",
        {
            "number": number,
            "oldest": oldest,
            "lines": Truncator(oldest.body).chars(EXCERPT).split("\n"),
            "address": _address_of_the_waiting(),
            "site_name": settings.SITE_NAME,
        },
    )
    # Nothing that a reader typed stands in the subject.
    subject = f"{number} comment{'s' if number != 1 else ''} waiting"
    send_mail(f"{settings.EMAIL_SUBJECT_PREFIX}{subject}", text, None, recipients)


def _addresses_of_moderators():
    moderators = get_user_model().objects.with_perm(
        "comments.moderate_comment",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return list(
        moderators.filter(is_staff=True)
        .exclude(email="")
        .order_by("email")
        .values_list("email", flat=True)
        .distinct()
    )


def _address_of_the_waiting():
    path = reverse("admin:comments_comment_changelist")
    query = urlencode({"status": Comment.Status.PENDING})
    return f"{settings.SITE_URL}{path}?{query}"
