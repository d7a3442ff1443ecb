from datetime import timedelta

from django.db import models
from django.utils import timezone

# Longer than any limit looks back; see newsroom.signin.
KEPT = timedelta(hours=1)


class FailedSignInQuerySet(models.QuerySet):
    def forget_old(self):
        """Delete what no limit counts any more; returns how many there were."""
        return self.filter(at__lt=timezone.now() - KEPT).delete()[0]


class FailedSignIn(models.Model):
    """One wrong password, kept only as long as it counts: see newsroom.signin."""

    # Keyed hashes: neither the name that was typed nor the address it came from.
    account = models.CharField(max_length=64, db_index=True)
    network = models.CharField(max_length=64, blank=True, db_index=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = FailedSignInQuerySet.as_manager()

    def __str__(self):
        return f"a failed sign-in at {self.at}"
