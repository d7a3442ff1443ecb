from datetime import timedelta

from django.db import models
from django.utils import timezone

# The longest time over which a limit counts.
KEPT = timedelta(days=1)


class WrittenMailQuerySet(models.QuerySet):
    def to(self, mailbox, kind):
        return self.filter(mailbox=mailbox, kind=kind)

    def asked_from(self, networks):
        """What was written because somebody in a network that has these hashes asked for it."""
        return self.exclude(kind="reply").filter(network__in=networks)

    def forget_old(self):
        """Delete what no limit counts any more; returns how many there were."""
        return self.filter(at__lt=timezone.now() - KEPT).delete()[0]


class WrittenMail(models.Model):
    """
    That a mail was written: to whom, of what kind, and from which network it was asked for.

    One without a mailbox was asked for in vain. Kept for a day, to be counted.
    """

    mailbox = models.ForeignKey(
        "comments.Mailbox", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=8)
    # As Comment.network; empty for what nobody asked for, as the news of a reply.
    network = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = WrittenMailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["network", "at"], name="mails_by_network")]

    def __str__(self):
        return f"{self.kind} at {self.at}"
