from django.db import models


class Status(models.TextChoices):
    """
    Where an article stands.

    A scheduled article has no status of its own: it is published, with a time to come.
    """

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Withdrawal(models.TextChoices):
    """What readers find at the address of a withdrawn article."""

    NOTICE = (
        "notice",
        "The article itself under the notice; it leaves every list (200)",
    )
    GONE = "gone", "A page that says it was withdrawn, with the notice (410)"
    VANISHED = "vanished", "Nothing, as if it had never been there (404)"
    REPLACED = "replaced", "Another article, to which its address leads (301)"
