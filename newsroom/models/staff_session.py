from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.batches import delete_in_batches


class StaffSessionQuerySet(models.QuerySet):
    def lasting(self):
        """The sessions that have not ended."""
        return self.filter(expire_date__gt=timezone.now())

    def of(self, user):
        """The sessions in which the user is signed in, last used first."""
        return self.lasting().filter(user=user).order_by("-seen_at", "pk")

    def forget_old(self):
        """Delete the sessions that have ended. Returns their number."""
        return delete_in_batches(self.filter(expire_date__lte=timezone.now()))


class StaffSession(AbstractBaseSession):
    """A session that knows its user, so that they can find and end it."""

    # No constraint: saving a session while its account is deleted must not fail.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        db_constraint=False,
        related_name="staff_sessions",
    )
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(default=timezone.now)
    # The User-Agent header.
    agent = models.CharField(max_length=200, blank=True)

    objects = BaseSessionManager.from_queryset(StaffSessionQuerySet)()

    class Meta:
        default_permissions = []
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls):
        # The store needs this model.
        from newsroom.accounts.session_store import SessionStore

        return SessionStore
