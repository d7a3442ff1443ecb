from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.batches import delete_in_batches
from articles.core.moments import moment_in_words

# Longer than every period of newsroom.accounts.throttling.
FAILED_SIGN_INS_KEPT = timedelta(hours=2)


class FailedSignInQuerySet(models.QuerySet):
    def forget_old(self):
        """Delete the rows that no limit counts any more. Returns their number."""
        return delete_in_batches(
            self.filter(at__lt=timezone.now() - FAILED_SIGN_INS_KEPT)
        )


class FailedSignIn(models.Model):
    """A failed sign-in, kept only as long as it counts: see newsroom.accounts.throttling."""

    # Keyed hashes of the typed name and of the network, never the values themselves.
    account = models.CharField(max_length=64, db_index=True)
    network = models.CharField(max_length=64, blank=True, db_index=True)
    # Empty: a browser in which the account has never signed in.
    browser = models.CharField(max_length=64, blank=True, db_default="", db_index=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = FailedSignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")

    def __str__(self):
        return _("Failed sign-in, %(time)s") % {"time": moment_in_words(self.at)}
