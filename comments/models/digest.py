from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.core.link_keys import KEY_LENGTH, RandomKey, random_key
from comments.models.decision import Decision
from comments.models.pending_mail import CLAIMED_FOR, PAUSES


class DigestQuerySet(models.QuerySet):
    def of(self, moderators):
        """
        Those of these moderators, in a fixed order, made where there are none.

        Whoever was told of nothing before is told of all that waits now, and that needs no
        look at old decisions.
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
        """Whose last mail is so long ago; nobody is sending them one, and none waits for its next try."""
        now = timezone.now()
        return self.unclaimed().filter(
            Q(sent_at=None) | Q(sent_at__lte=now - apart), next_try_at__lte=now
        )

    def unclaimed(self):
        now = timezone.now()
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))

    def claim(self, digest):
        """Whether the next mail to this moderator is ours to send: of all who ask, one gets it. One guarded update."""
        as_it_was_seen = self.unclaimed().filter(
            pk=digest.pk, sent_at=digest.sent_at, tries=digest.tries
        )
        until = timezone.now() + CLAIMED_FOR
        return bool(as_it_was_seen.update(claimed_until=until))


class Digest(models.Model):
    """What a moderator was told by mail: when the last time, and up to what."""

    moderator = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)
    newest_comment = models.BigIntegerField(default=0)
    newest_appeal = models.BigIntegerField(default=0)
    newest_decision = models.BigIntegerField(default=0)
    # Set by whoever sends the mail; who died over it keeps it from others until then.
    claimed_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0)
    # Carried by the links that open it; see articles.core.link_keys.
    link_key = models.CharField(
        max_length=KEY_LENGTH,
        default=random_key,
        db_default=RandomKey(),
        editable=False,
    )
    # Whether links without the key open it, too: they were sent before there were keys.
    takes_old_links = models.BooleanField(
        default=False, db_default=True, editable=False
    )

    objects = DigestQuerySet.as_manager()

    class Meta:
        default_permissions = []

    def __str__(self):
        return f"Digest for moderator {self.moderator_id}"

    def misses(self, comment, appeal, decision):
        """Whether the moderator was told of less than these, the newest of their kind."""
        return (
            self.newest_comment < comment
            or self.newest_appeal < appeal
            or self.newest_decision < decision
        )

    def note_sent(self, comment, appeal, decision):
        """Remember up to what the moderator was told, and let the next mail have its turn."""
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
        """Let the mail wait after a failure, longer each time."""
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        self._change(
            claimed_until=None,
            next_try_at=timezone.now() + pause,
            tries=self.tries + 1,
        )

    def _change(self, **changes):
        # Not `save`, which fails when the account was deleted in this moment, and this with it.
        Digest.objects.filter(pk=self.pk).update(**changes)
