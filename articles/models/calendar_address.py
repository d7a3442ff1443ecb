from django.conf import settings
from django.db import models

from articles.models.preview_link import random_key


class CalendarAddress(models.Model):
    """The private address at which a member of the desk subscribes to the calendar."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    key = models.CharField(max_length=64, unique=True, default=random_key)

    class Meta:
        default_permissions = []
        verbose_name_plural = "calendar addresses"

    def __str__(self):
        return f"Calendar of {self.user}"
