from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How long a process may take to send a mail. If it dies, others send the mail after this time.
CLAIMED_FOR = timedelta(minutes=10)
# The pauses after the first failures; the last one is used for all further ones.
PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
# A mail is given up after this time, but never before FEWEST_TRIES: a clock that jumps forward
# gives up nothing.
TRIED_FOR = timedelta(days=7)
FEWEST_TRIES = 10


class QueuedMailQuerySet(models.QuerySet):
    def unclaimed(self):
        """Mails that no process is sending now, oldest first."""
        now = timezone.now()
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now)).order_by(
            "id"
        )

    def due(self):
        """Mails to send now: not claimed by another process, and not waiting for a retry."""
        return self.unclaimed().filter(next_try_at__lte=timezone.now())

    def claim(self, mail):
        """Claim the mail by one guarded UPDATE; true for one process only."""
        until = timezone.now() + CLAIMED_FOR
        return bool(
            self.unclaimed()
            .filter(pk=mail.pk, tries=mail.tries)
            .update(claimed_until=until)
        )


class QueuedMail(models.Model):
    """
    A mail in an outbox: certain to be sent and not yet sent. The row is deleted afterwards.

    A process claims the mail before it sends it. After a failure the mail waits, longer each
    time, for TRIED_FOR at most. See comments.mail.outbox.
    """

    created_at = models.DateTimeField(default=timezone.now)
    # Set by the process that sends it, so that no other sends it at the same time.
    claimed_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveIntegerField(default=0)

    objects = QueuedMailQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_given_up(self):
        """Whether the mail has been tried often enough, and for longer than TRIED_FOR."""
        is_old = self.created_at < timezone.now() - TRIED_FOR
        return is_old and self.tries >= FEWEST_TRIES

    def try_later(self):
        """After a failure, release the claim and wait, longer each time."""
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        self.claimed_until = None
        self.next_try_at = timezone.now() + pause
        self.tries += 1
        # Not `save`, which fails if the recipient, and with them this row, was just deleted.
        type(self).objects.filter(pk=self.pk).update(
            claimed_until=None, next_try_at=self.next_try_at, tries=self.tries
        )


class PendingMailQuerySet(QueuedMailQuerySet):
    def with_words(self):
        """Load everything that a mail quotes."""
        return self.select_related(
            "mailbox", "comment", "reply__by", "reply__article", "comment__article"
        )


class PendingMail(QueuedMail):
    """
    A mail to a reader in the outbox.

    It names the comment but holds no text: that is read when the mail is sent, so that a
    comment withdrawn in the meantime is not mailed.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Confirmation of an email address")
        REPLY = "reply", _("Reply notification")
        DATA = "data", _("Link to a reader’s own data")

    kind = models.CharField(max_length=8, choices=Kind)
    mailbox = models.ForeignKey(
        "comments.Mailbox", on_delete=models.CASCADE, related_name="pending_mails"
    )
    # The comment whose author gets the mail, and the reply that is announced.
    comment = models.ForeignKey(
        "comments.Comment", null=True, on_delete=models.CASCADE, related_name="+"
    )
    reply = models.ForeignKey(
        "comments.Comment", null=True, on_delete=models.CASCADE, related_name="+"
    )

    objects = PendingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("email to send")
        verbose_name_plural = _("emails to send")
        constraints = [
            models.UniqueConstraint(
                name="one_mail_for_each_reply_and_author",
                fields=["mailbox", "reply"],
                condition=Q(kind="reply"),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.mailbox}"
