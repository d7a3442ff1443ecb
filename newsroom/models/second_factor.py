import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone


def new_user_handle():
    """A random name of an account for authenticators: 32 bytes that say nothing of the user."""
    return secrets.token_bytes(32)


class PasskeyQuerySet(models.QuerySet):
    def user_handle_of(self, user):
        """The handle by which the user's authenticators know the account; a new one when there is none."""
        known = self.filter(user=user).values_list("user_handle", flat=True).first()
        return bytes(known) if known else new_user_handle()


class Passkey(models.Model):
    """A WebAuthn credential of a member of staff; the private key stays with its owner."""

    NAME_LENGTH = 60

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="passkeys"
    )
    name = models.CharField(max_length=NAME_LENGTH)
    # At most 1,023 bytes (WebAuthn Level 3, 4 “Credential ID”), as base64url.
    credential_id = models.CharField(max_length=1364, unique=True)
    # The attested credential data as WebAuthn writes them (6.5.2): AAGUID, id and public key.
    credential = models.BinaryField()
    user_handle = models.BinaryField()
    # How many signatures the authenticator has made; 0 for one that does not count.
    sign_count = models.PositiveBigIntegerField(default=0)
    transports = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    objects = PasskeyQuerySet.as_manager()

    class Meta:
        default_permissions = []
        ordering = ["created_at", "pk"]

    def __str__(self):
        return self.name

    def note_use(self, sign_count):
        """
        Keep the signature counter of a use; whether it is one that may follow the last.

        Of an authenticator that counts, the counter only grows (WebAuthn Level 3, 7.2):
        one that does not has been cloned, or the answer was seen before.
        """
        passkeys = type(self).objects.filter(pk=self.pk)
        if sign_count:
            passkeys = passkeys.filter(sign_count__lt=sign_count)
        else:
            passkeys = passkeys.filter(sign_count=0)
        return bool(passkeys.update(sign_count=sign_count, last_used_at=timezone.now()))


class AuthenticatorApp(models.Model):
    """An app that shows codes which follow from a shared secret and the time (RFC 6238)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="authenticator_app"
    )
    # Encrypted with a key that follows from SECRET_KEY; see newsroom.accounts.encryption.
    encrypted_secret = models.TextField()
    # The time step of the last code that was taken: each is taken once.
    last_step = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = []

    def __str__(self):
        return f"the authenticator app of {self.user}"

    def note_use(self, step):
        """Keep the time step of a code; whether no code of that step or a later one was taken before."""
        apps = type(self).objects.filter(pk=self.pk, last_step__lt=step)
        return bool(apps.update(last_step=step, last_used_at=timezone.now()))


class RecoveryCode(models.Model):
    """A code that stands in for a lost passkey or app, once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )
    # SHA-256: a code has 80 random bits, which nobody tries out.
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["user", "digest"], name="each_recovery_code_once"
            )
        ]

    def __str__(self):
        return f"a recovery code of {self.user}"
