from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.preview_link import random_key


class CalendarAddressQuerySet(models.QuerySet):
    def renew(self, user):
        """Replace the user's address by a new one, and return it."""
        address, _created = self.update_or_create(
            user=user, defaults={"key": random_key()}
        )
        return address


class CalendarAddress(models.Model):
    """The private address at which a member of the desk subscribes to the calendar."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("account"),
    )
    key = models.CharField(_("key"), max_length=64, unique=True, default=random_key)

    objects = CalendarAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        default_permissions = []

    def __str__(self):
        return _("Calendar of %(name)s") % {"name": self.user}

    def get_absolute_url(self):
        return reverse("articles:calendar", args=[self.key])
