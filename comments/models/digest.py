from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.link_keys import LinkedRow
from comments.models.decision import Decision
from comments.models.pending_mail import CLAIMED_FOR, PAUSES


class DigestQuerySet(models.QuerySet):
    def of(self, moderators):
        """
        The digests of these moderators, in a fixed order, created where missing.

        The first mail to a moderator tells of everything that waits, so a new digest starts
        at the newest decision.
        """
        known = self.filter(moderator__in=moderators).order_by("moderator")
        there = {digest.moderator_id for digest in known}
        missing = [moderator for moderator in moderators if moderator.pk not in there]
        if not missing:
            return known
        newest = Decision.objects.order_by("-pk").values_list("pk", flat=True).first()
        self.bulk_create(
            (
                self.model(moderator=moderator, newest_decision=newest or 0)
                for moderator in missing
            ),
            ignore_conflicts=True,
        )
        return known.all()

    def due(self, *, apart):
        """Unclaimed, not waiting for a retry, and last sent at least the timedelta `apart` ago."""
        now = timezone.now()
        return self.unclaimed().filter(
            Q(sent_at=None) | Q(sent_at__lte=now - apart), next_try_at__lte=now
        )

    def unclaimed(self):
        """Digests whose next mail no process is sending now."""
        now = timezone.now()
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))

    def claim(self, digest):
        """Claim the moderator's next mail by one guarded UPDATE; true for one process only."""
        unchanged = self.unclaimed().filter(
            pk=digest.pk, sent_at=digest.sent_at, tries=digest.tries
        )
        until = timezone.now() + CLAIMED_FOR
        return bool(unchanged.update(claimed_until=until))


class Digest(LinkedRow):
    """What a moderator has been told by mail: when, and up to which rows."""

    moderator = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)
    newest_comment = models.BigIntegerField(default=0)
    newest_appeal = models.BigIntegerField(default=0)
    newest_decision = models.BigIntegerField(default=0)
    # Set by the process that sends the mail; if it dies, nobody else sends until then.
    claimed_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0)

    objects = DigestQuerySet.as_manager()

    class Meta:
        default_permissions = []
        verbose_name = _("digest")
        verbose_name_plural = _("digests")

    def __str__(self):
        return _("Digest for moderator %(number)s") % {"number": self.moderator_id}

    def misses(self, comment, appeal, decision):
        """Whether any of these ids, the newest of their kind, is newer than the last mail."""
        return (
            self.newest_comment < comment
            or self.newest_appeal < appeal
            or self.newest_decision < decision
        )

    def note_sent(self, comment, appeal, decision):
        """Record that the moderator was told up to these ids, and release the claim."""
        now = timezone.now()
        self._change(
            sent_at=now,
            claimed_until=None,
            next_try_at=now,
            tries=0,
            newest_comment=max(comment, self.newest_comment),
            newest_appeal=max(appeal, self.newest_appeal),
            newest_decision=max(decision, self.newest_decision),
        )

    def try_later(self):
        """After a failure, release the claim and wait, longer each time."""
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        self._change(
            claimed_until=None,
            next_try_at=timezone.now() + pause,
            tries=self.tries + 1,
        )

    def _change(self, **changes):
        # Not `save`, which fails if the account, and with it this row, was just deleted.
        Digest.objects.filter(pk=self.pk).update(**changes)
