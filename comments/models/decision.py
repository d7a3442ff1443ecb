from django.db import models
from django.utils import timezone

from articles.append_only import AppendOnly


class Decision(AppendOnly):
    """
    One change of a comment's status: by whom, when, why, and on which revision of its text.

    It quotes nothing of the comment, so that erasing the words erases them.
    """

    class Reason(models.TextChoices):
        OFF_TOPIC = "off_topic", "off topic"
        ABUSE = "abuse", "abuse"
        SPAM = "spam", "spam"
        UNLAWFUL = "unlawful", "unlawful"
        PERSONAL_DATA = "personal_data", "personal data"
        ADVERTISING = "advertising", "advertising"
        OTHER = "other", "another reason"

    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.PROTECT, related_name="decisions"
    )
    text_revision = models.PositiveIntegerField()
    from_status = models.CharField(max_length=10)
    to_status = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    note = models.TextField(blank=True)
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
    )

    def __str__(self):
        return f"{self.who} {self.in_words} on {timezone.localtime(self.at):%-d %B %Y at %H:%M}"

    @property
    def in_words(self):
        """What was done, to follow a name: “approved this comment”."""
        if self.undoes_id:
            return "undid a decision on this comment"
        return {
            "approved": "approved this comment",
            "rejected": "rejected this comment",
            "spam": "marked this comment as spam",
            "withdrawn": "withdrew this comment",
        }[self.to_status]

    @property
    def who(self):
        if self.to_status == "withdrawn":
            return "Its author"
        return self.by_name or "The screening"
