import secrets
from datetime import UTC, datetime, time, timedelta

from django.db import models
from django.utils import timezone

# How long a network can be recognised: its key is deleted then, and with it the
# meaning of every hash made under it.
DAYS_KEPT = 30


class NetworkKeyManager(models.Manager):
    def today(self):
        """The key of this day in UTC, made when first needed."""
        return self.get_or_create(day=_today())[0]

    def recent(self):
        """The keys of today and of yesterday, as far as there are any, newest first; today's is made when first needed."""
        return self._with_todays(self._of(_last_days()))

    def kept(self):
        """The keys of all days whose networks can still be recognised, newest first; today's is made when first needed."""
        return self._with_todays(
            self.filter(day__gte=first_day_kept()).order_by("-day")
        )

    def kept_of(self, days):
        """The keys of these days that are still there."""
        return self._of(days)

    def of_last_days(self):
        """The keys of today and of yesterday, newest first; both are made when first needed."""
        days = _last_days()
        found = list(self._of(days))
        if len(found) < len(days):
            self.bulk_create(
                [NetworkKey(day=day) for day in days], ignore_conflicts=True
            )
            found = list(self._of(days))
        return found

    def forget_old(self):
        """Delete the keys whose time is over; returns how many there were."""
        return self.filter(day__lt=first_day_kept()).delete()[0]

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


def with_network_to_forget(pile):
    """
    Those of a pile that still name a network whose key is gone.

    Their index is on the network and then on the time. It begins after all those
    without a network, so that only the rows of the last days are looked at, in the
    index alone, however many there are before. With “not equal” instead of “greater”
    it would not be used.
    """
    since = datetime.combine(first_day_kept(), time.min, UTC)
    return pile.filter(network__gt="", created_at__lt=since).order_by()


class NetworkKey(models.Model):
    """The random key of one day, under which that day's networks are hashed."""

    day = models.DateField(unique=True)
    key = models.BinaryField(default=random_key)

    objects = NetworkKeyManager()

    def __str__(self):
        return str(self.day)
