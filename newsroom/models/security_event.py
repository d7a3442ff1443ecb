from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.batches import delete_in_batches

DAY = timedelta(days=1)
# Long enough to investigate what is noticed late.
EVENTS_KEPT = 180 * DAY


class SecurityEventQuerySet(models.QuerySet):
    def forget_old(self):
        """Delete the events older than EVENTS_KEPT. Returns their number."""
        return delete_in_batches(self.filter(at__lt=timezone.now() - EVENTS_KEPT))

    def about(self, user):
        """The events of one account, newest first."""
        return self.filter(user=user)


class SecurityEvent(models.Model):
    """
    An event that concerns the security of an account: a sign-in, a refusal, a change.

    Written by newsroom.accounts.security_log.record; the admin shows it to superusers.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
        SIGN_IN_BLOCKED = "sign_in_blocked", _("Sign-in blocked: too many attempts")
        SIGNED_OUT = "signed_out", _("Signed out")
        PASSWORD_RESET_ASKED = "password_reset_asked", _("Password reset requested")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        FACTOR_FAILED = "factor_failed", _("Second factor failed")
        FACTORS_RESET = "factors_reset", _("Second factors reset")
        RECOVERY_CODES_MADE = "recovery_codes_made", _("Recovery codes created")
        RECOVERY_CODE_USED = "recovery_code_used", _("Recovery code used")
        CONFIRMED = "confirmed", _("Identity confirmed")
        CONFIRMATION_FAILED = "confirmation_failed", _("Confirmation failed")
        SESSION_ENDED = "session_ended", _("Session ended")
        ACCOUNT_CHANGED = "account_changed", _("Account changed")
        REFUSED = "refused", _("Permission refused")

    kind = models.CharField(_("event"), max_length=40, choices=Kind)
    # The account concerned. The name stays when the account is deleted.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="security_events",
        verbose_name=_("user"),
    )
    name = models.CharField(_("account"), max_length=200, blank=True)
    # The keyed hash of the network; see comments.security.networks. Empty: unknown.
    network = models.CharField(_("network"), max_length=64, blank=True)
    detail = models.TextField(_("details"), blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        ordering = ["-at", "-id"]
        # Only the site itself writes events.
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["user", "-at"], name="security_events_of_a_user")
        ]

    def __str__(self):
        return _("%(event)s: %(account)s") % {
            "event": self.get_kind_display(),
            "account": self.name or _("unknown account"),
        }

    @property
    def network_label(self):
        """A short mark that is the same for events of one network and day."""
        return self.network[:8]
