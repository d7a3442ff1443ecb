from django.db import models
from django.db.models import Q
from django.utils import timezone


class PendingMailQuerySet(models.QuerySet):
    def due(self):
        """What should be sent now: not claimed by another process, not waiting for its next try."""
        return self.filter(next_try_at__lte=timezone.now()).order_by("id")


class PendingMail(models.Model):
    """
    A mail that is certain to be written and not yet sent; deleted when it was.

    It names what it is about and holds none of its words: these are read when it
    is sent, so that what has been withdrawn meanwhile is not mailed.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "asks whether the address may be written to"
        REPLY = "reply", "tells of a reply"
        DATA = "data", "leads to what was written with the address"

    kind = models.CharField(max_length=8, choices=Kind)
    mailbox = models.ForeignKey(
        "comments.Mailbox", on_delete=models.CASCADE, related_name="pending_mails"
    )
    # The comment whose author is told, and the reply that is announced.
    comment = models.ForeignKey(
        "comments.Comment", null=True, on_delete=models.CASCADE, related_name="+"
    )
    reply = models.ForeignKey(
        "comments.Comment", null=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # Moved ahead by whoever sends it, so that nobody else does at the same time.
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveIntegerField(default=0)

    objects = PendingMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_mail_for_each_reply_and_author",
                fields=["mailbox", "reply"],
                condition=Q(kind="reply"),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.mailbox}"
