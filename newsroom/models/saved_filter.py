from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilterQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(user=user).order_by("name")

    def keep(self, user, name, query):
        """Save the filters under this name; a name that is taken gets the new ones."""
        return self.update_or_create(user=user, name=name, defaults={"query": query})[0]


class SavedFilter(models.Model):
    """Filters of the list of articles that a user has given a name."""

    NAME_LENGTH = 60
    QUERY_LENGTH = 1000
    MOST_OF_A_USER = 30

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters"
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    # The query of the address of the list: “status=draft&mine=yes”.
    query = models.CharField(max_length=QUERY_LENGTH)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], name="a_user_names_a_filter_once"
            )
        ]

    def __str__(self):
        return self.name
