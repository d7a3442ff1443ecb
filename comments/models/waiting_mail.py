from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

# At most one mail in this time, over all processes and machines.
APART = timedelta(hours=1)


class WaitingMailManager(models.Manager):
    def claim(self, newest):
        """
        The right to send the mail that tells of the comments up to this id.

        Of all who ask, one gets what the row held before, for `give_back`; the
        others get None, as does everybody within an hour of the last mail, or
        when that one told of this comment already. One guarded update.
        """
        before, _ = self.get_or_create(pk=1)
        now = timezone.now()
        free = self.filter(
            Q(sent_at=None) | Q(sent_at__lte=now - APART), newest_told__lt=newest
        )
        claimed = free.update(sent_at=now, newest_told=newest)
        return before if claimed else None

    def give_back(self, newest, before):
        """Undo a claim whose mail could not be sent, unless a later one was made."""
        self.filter(newest_told=newest).update(
            sent_at=before.sent_at, newest_told=before.newest_told
        )


class WaitingMail(models.Model):
    """When the moderators were last told that comments wait, and up to which. One row, for every process."""

    sent_at = models.DateTimeField(null=True)
    newest_told = models.BigIntegerField(default=0)

    objects = WaitingMailManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="there_is_one_waiting_mail", condition=Q(id=1))
        ]

    def __str__(self):
        return f"Mail about waiting comments, last sent {self.sent_at}"
