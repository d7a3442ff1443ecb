from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.batches import delete_in_batches

# The longest period of a mail limit.
KEPT = timedelta(days=1)


class WrittenMailQuerySet(models.QuerySet):
    def to(self, mailbox, kind):
        """Mails of this kind (a PendingMail.Kind) to the mailbox."""
        return self.filter(mailbox=mailbox, kind=kind)

    def asked_from(self, networks):
        """Mails that somebody in a network with one of these hashes asked for."""
        return self.exclude(kind="reply").filter(network__in=networks)

    def forget_old(self):
        """Delete the rows that no limit counts any more; return their number."""
        return delete_in_batches(self.filter(at__lt=timezone.now() - KEPT))


class WrittenMail(models.Model):
    """
    The record that a mail was written, kept for a day so that the limits can count it.

    A row without a mailbox counts a request that caused no mail.
    """

    mailbox = models.ForeignKey(
        "comments.Mailbox", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=8)
    # Like Comment.network; empty for mails that nobody asked for, such as those about replies.
    network = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = WrittenMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("sent email")
        verbose_name_plural = _("sent emails")
        indexes = [models.Index(fields=["network", "at"], name="mails_by_network")]

    def __str__(self):
        return f"{self.kind} at {self.at}"
