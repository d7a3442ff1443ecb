import secrets
from datetime import timedelta

from django.db import models
from django.utils import timezone

# How long a network can be recognised: its key is deleted then, and with it the
# meaning of every hash made under it.
DAYS_KEPT = 30


class NetworkKeyManager(models.Manager):
    def today(self):
        """The key of this day in UTC, made when first needed."""
        return self.get_or_create(day=timezone.now().date())[0]

    def forget_old(self):
        """Delete the keys whose time is over; returns how many there were."""
        last_day = timezone.now().date() - timedelta(days=DAYS_KEPT)
        return self.filter(day__lt=last_day).delete()[0]


def random_key():
    return secrets.token_bytes(32)


class NetworkKey(models.Model):
    """The random key of one day, under which that day's networks are hashed."""

    day = models.DateField(unique=True)
    key = models.BinaryField(default=random_key)

    objects = NetworkKeyManager()

    def __str__(self):
        return str(self.day)
