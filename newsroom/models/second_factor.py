import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def new_user_handle():
    """A random handle of an account for authenticators: 32 bytes that reveal nothing."""
    return secrets.token_bytes(32)


class PasskeyQuerySet(models.QuerySet):
    def user_handle_of(self, user):
        """The handle that the user's authenticators know; a new one if they have none."""
        known = self.filter(user=user).values_list("user_handle", flat=True).first()
        return bytes(known) if known else new_user_handle()


class Passkey(models.Model):
    """A WebAuthn credential of a member of staff; the owner keeps the private key."""

    NAME_LENGTH = 60

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="passkeys"
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    # At most 1,023 bytes (WebAuthn Level 3, 4 “Credential ID”), as base64url.
    credential_id = models.CharField(max_length=1364, unique=True)
    # The attested credential data in WebAuthn's encoding (6.5.2): AAGUID, id and public key.
    credential = models.BinaryField()
    user_handle = models.BinaryField()
    # The number of signatures by the authenticator; 0 if it does not count.
    sign_count = models.PositiveBigIntegerField(default=0)
    transports = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    objects = PasskeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        default_permissions = []
        ordering = ["created_at", "pk"]

    def __str__(self):
        return self.name

    def note_use(self, sign_count):
        """
        Store the signature counter of a use. Returns whether it may follow the last one.

        The counter of an authenticator that counts only grows (WebAuthn Level 3, 7.2). If it
        does not, the authenticator was cloned, or the answer was sent before.
        """
        passkeys = type(self).objects.filter(pk=self.pk)
        if sign_count:
            passkeys = passkeys.filter(sign_count__lt=sign_count)
        else:
            passkeys = passkeys.filter(sign_count=0)
        return bool(passkeys.update(sign_count=sign_count, last_used_at=timezone.now()))


class AuthenticatorApp(models.Model):
    """An app that shows codes derived from a shared secret and the time (RFC 6238)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="authenticator_app"
    )
    # Encrypted with a key derived from SECRET_KEY; see newsroom.accounts.encryption.
    encrypted_secret = models.TextField()
    # The time step of the last code that was used: each step is used once.
    last_step = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")
        default_permissions = []

    def __str__(self):
        return _("Authenticator app of %(name)s") % {"name": self.user}

    def note_use(self, step):
        """Store the time step of a code. Returns False if it or a later one was used before."""
        apps = type(self).objects.filter(pk=self.pk, last_step__lt=step)
        return bool(apps.update(last_step=step, last_used_at=timezone.now()))


class RecoveryCode(models.Model):
    """A code that replaces a lost passkey or app, once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )
    # SHA-256 is enough: a code has 80 random bits, too many to guess.
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["user", "digest"], name="each_recovery_code_once"
            )
        ]

    def __str__(self):
        return _("Recovery code of %(name)s") % {"name": self.user}
