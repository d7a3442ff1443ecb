from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskPreferences(models.Model):
    """What an account chose for itself at the desk. An account without a row chose nothing."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk_preferences"
    )
    # A code of newsroom.languages.shipped.SHIPPED; empty: the language of the site.
    language = models.CharField(max_length=12, blank=True, db_default="")

    class Meta:
        verbose_name = _("desk preferences")
        verbose_name_plural = _("desk preferences")
        default_permissions = []

    def __str__(self):
        return _("Desk preferences of %(name)s") % {"name": self.user}
