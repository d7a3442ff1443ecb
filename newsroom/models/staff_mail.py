from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from comments.models.pending_mail import QueuedMail


class StaffMail(QueuedMail):
    """A mail to an account holder in the outbox: see newsroom.accounts.account_mail."""

    class Kind(models.TextChoices):
        RESET_ASKED = "reset_asked", _("Password reset request")
        PASSWORD_RESET = "password_reset", _("Password reset link")
        NOTICE = "notice", _("Account notice")
        DESK = "desk", _("Email from the desk")

    kind = models.CharField(max_length=20, choices=Kind)
    # The recipient. Empty for a request, whose account is looked up when it is processed.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    # The address that was typed into the form, of a request; of a notice, the earlier address of
    # the account, where that is told to it.
    address = models.EmailField(max_length=254, blank=True)
    # The event that a notice is about.
    event = models.ForeignKey(
        "newsroom.SecurityEvent", null=True, on_delete=models.CASCADE, related_name="+"
    )

    # The words of a mail of the desk, on one line and in full.
    subject = models.TextField(blank=True, default="", db_default="")
    body = models.TextField(blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("email to staff")
        verbose_name_plural = _("emails to staff")
        default_permissions = []

    def __str__(self):
        return _("Email %(number)s: %(kind)s") % {
            "number": self.pk,
            "kind": self.get_kind_display(),
        }
