import secrets
from datetime import UTC, datetime, time, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.batches import delete_in_batches

# How many days a network can be recognised. Then its key is deleted, and no hash made with
# that key can be matched any more.
DAYS_KEPT = 30


class NetworkKeyManager(models.Manager):
    def today(self):
        """The key of this day in UTC, made when first needed."""
        return self.get_or_create(day=_today())[0]

    def recent(self):
        """The existing keys of today and yesterday, newest first; today's is created if missing."""
        return self._with_todays(self._of(_last_days()))

    def kept(self):
        """All keys that are kept, newest first; today's is created if missing."""
        return self._with_todays(
            self.filter(day__gte=first_day_kept()).order_by("-day")
        )

    def kept_of(self, days):
        """The keys of these days that still exist."""
        return self._of(days)

    def of_last_days(self):
        """The keys of today and yesterday, newest first; both are created if missing."""
        days = _last_days()
        found = list(self._of(days))
        if len(found) < len(days):
            self.bulk_create(
                [NetworkKey(day=day) for day in days], ignore_conflicts=True
            )
            found = list(self._of(days))
        return found

    def forget_old(self):
        """Delete the keys older than DAYS_KEPT; return their number."""
        return delete_in_batches(self.filter(day__lt=first_day_kept()))

    def _with_todays(self, keys):
        keys = list(keys)
        if not keys or keys[0].day != _today():
            keys.insert(0, self.today())
        return keys

    def _of(self, days):
        return self.filter(day__in=days).order_by("-day")


def first_day_kept():
    """The oldest day, in UTC, whose networks can still be recognised."""
    return _today() - timedelta(days=DAYS_KEPT)


def _today():
    return timezone.now().date()


def _last_days():
    return [_today(), _today() - timedelta(days=1)]


def random_key():
    return secrets.token_bytes(32)


def with_network_to_forget(rows):
    """
    Those of a queryset whose network hash was made with a key that is deleted.

    The condition is “greater” and not “not equal”, so that the index on network and time
    is used: it skips all rows without a network, and only rows of the last days are read.
    """
    since = datetime.combine(first_day_kept(), time.min, UTC)
    return rows.filter(network__gt="", created_at__lt=since).order_by()


class NetworkKey(models.Model):
    """The random key of one day, with which that day's networks are hashed."""

    day = models.DateField(unique=True)
    key = models.BinaryField(default=random_key)

    objects = NetworkKeyManager()

    class Meta:
        verbose_name = _("network key")
        verbose_name_plural = _("network keys")

    def __str__(self):
        return str(self.day)
