from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """
    Where an article stands.

    A scheduled article has no status of its own: it is published, with a time to come.
    """

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Withdrawal(models.TextChoices):
    """What readers find at the address of a withdrawn article."""

    NOTICE = (
        "notice",
        _("The article with the notice above it; it disappears from all lists (200)"),
    )
    GONE = "gone", _("A page that says it was withdrawn, with the notice (410)")
    VANISHED = "vanished", _("Nothing, as if it had never existed (404)")
    REPLACED = "replaced", _("A redirect to another article (301)")
