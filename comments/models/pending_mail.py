from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

# How long the one who sends a mail has for it, and who died over it keeps it from others.
CLAIMED_FOR = timedelta(minutes=10)
# The pauses after the first failures; the last one holds for all that follow.
PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
TRIED_FOR = timedelta(days=7)


class QueuedMailQuerySet(models.QuerySet):
    def unclaimed(self):
        """What nobody is sending at this moment, oldest first."""
        now = timezone.now()
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now)).order_by(
            "id"
        )

    def due(self):
        """What should be sent now: not claimed by another process, not waiting for its next try."""
        return self.unclaimed().filter(next_try_at__lte=timezone.now())

    def claim(self, mail):
        """Whether the mail is ours to send: of all who ask, one gets it. One guarded update."""
        until = timezone.now() + CLAIMED_FOR
        return bool(
            self.unclaimed()
            .filter(pk=mail.pk, tries=mail.tries)
            .update(claimed_until=until)
        )


class QueuedMail(models.Model):
    """
    A mail that is certain to be sent and not yet sent; deleted when it was.

    What is common to every queue of mails: who sends it claims it first, and a failure
    makes it wait, longer each time, for TRIED_FOR at most. See comments.mail.outbox.
    """

    created_at = models.DateTimeField(default=timezone.now)
    # Set by whoever sends it, so that nobody else does at the same time.
    claimed_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveIntegerField(default=0)

    objects = QueuedMailQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_given_up(self):
        return self.created_at < timezone.now() - TRIED_FOR

    def try_later(self):
        """Let the mail wait after a failure, longer each time."""
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        self.claimed_until = None
        self.next_try_at = timezone.now() + pause
        self.tries += 1
        # Not `save`, which fails when the recipient was erased in this moment, and the mail with it.
        type(self).objects.filter(pk=self.pk).update(
            claimed_until=None, next_try_at=self.next_try_at, tries=self.tries
        )


class PendingMailQuerySet(QueuedMailQuerySet):
    def with_words(self):
        """Load what a mail is made of."""
        return self.select_related(
            "mailbox", "comment", "reply__by", "reply__article", "comment__article"
        )


class PendingMail(QueuedMail):
    """
    A mail to a reader that is certain to be written and not yet sent.

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
