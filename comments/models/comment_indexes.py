"""The indexes of comments: one for each list that is read often."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

INDEXES = [
    models.Index(
        fields=["article", "status", "created_at", "id"],
        name="comments_of_an_article",
    ),
    models.Index(fields=["status", "created_at", "id"], name="comments_by_status"),
    models.Index(fields=["network", "created_at"], name="comments_by_network"),
    models.Index(
        fields=["article", "created_at", "id"],
        name="roots_on_a_page",
        condition=Q(has_place=True),
    ),
    models.Index(
        fields=["root", "status", "created_at", "id"], name="replies_of_a_root"
    ),
    models.Index(
        fields=["article", "picked_at"],
        name="picked_comments",
        condition=Q(picked_at__isnull=False),
    ),
    models.Index(Lower("email"), name="comments_by_email"),
    models.Index(
        fields=["commenter", "judged_as", "judged_at"],
        name="comments_by_commenter",
        condition=Q(commenter__isnull=False),
    ),
    models.Index(
        fields=["commenter", "-created_at", "-id"],
        name="newest_of_a_commenter",
        condition=Q(commenter__isnull=False),
    ),
    models.Index(
        fields=["mailbox"],
        name="comments_by_mailbox",
        condition=Q(mailbox__isnull=False),
    ),
    models.Index(
        fields=["judged_at", "id"],
        name="judged_comments",
        condition=Q(judged_at__isnull=False),
    ),
    models.Index(
        fields=["open_reports", "created_at", "id"],
        name="reported_comments",
        condition=Q(open_reports__gt=0),
    ),
    # Nearly empty: a reply leaves this index when it is announced.
    models.Index(
        fields=["first_shown_at"],
        name="replies_to_announce",
        condition=Q(
            announced_at=None,
            parent__isnull=False,
            first_shown_at__isnull=False,
        ),
    ),
]
