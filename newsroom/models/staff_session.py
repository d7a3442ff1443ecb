from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone


class StaffSessionQuerySet(models.QuerySet):
    def lasting(self):
        """Sessions that have not ended."""
        return self.filter(expire_date__gt=timezone.now())

    def of(self, user):
        """The sessions in which this user is signed in, last used first."""
        return self.lasting().filter(user=user).order_by("-seen_at", "pk")

    def forget_old(self):
        """Delete those that have ended; returns how many there were."""
        return self.filter(expire_date__lte=timezone.now()).delete()[0]


class StaffSession(AbstractBaseSession):
    """A session of Django's, with whose it is, so that its owner can find and end it."""

    # Without a constraint: a session that is saved while its account is deleted is no error.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        db_constraint=False,
        related_name="staff_sessions",
    )
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(default=timezone.now)
    # What the browser calls itself.
    agent = models.CharField(max_length=200, blank=True)

    objects = BaseSessionManager.from_queryset(StaffSessionQuerySet)()

    class Meta:
        default_permissions = []
        verbose_name = "session"

    @classmethod
    def get_session_store_class(cls):
        # The store needs this model.
        from newsroom.accounts.session_store import SessionStore

        return SessionStore
