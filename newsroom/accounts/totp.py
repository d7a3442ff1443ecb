"""
Codes of authenticator apps: RFC 6238 with SHA-1, six digits and steps of 30 seconds.

Every app understands these values. A code is also accepted one step early or late (RFC 6238,
5.2), because clocks differ, and each step only once.
"""

import re
import secrets
import time
from base64 import b32encode

import segno
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings

from newsroom.accounts.encryption import decrypt, encrypt
from newsroom.models import AuthenticatorApp

# RFC 4226, 4: the secret should have 160 bits.
SECRET_BYTES = 20
DIGITS = 6
SECONDS = 30
STEPS_APART = 1


def new_app_secret() -> str:
    """A random secret as hexadecimal digits."""
    return secrets.token_hex(SECRET_BYTES)


def code_at(secret: str, at: float) -> str:
    """The code at this time (seconds since 1970)."""
    return _totp(secret).generate(at).decode()


def step_of(secret: str, code: str, at: float) -> int | None:
    """The time step of the code, near this time (seconds since 1970); None if it is wrong."""
    typed = re.sub(r"\s", "", code)
    if not (typed.isascii() and typed.isdecimal() and len(typed) == DIGITS):
        return None
    now = int(at) // SECONDS
    for step in range(now - STEPS_APART, now + STEPS_APART + 1):
        if bytes_eq(code_at(secret, step * SECONDS).encode(), typed.encode()):
            return step
    return None


def store_app(user, secret, step):
    """Store the app. The code of this time step is used up."""
    return AuthenticatorApp.objects.create(
        user=user, encrypted_secret=encrypt(secret), last_step=step
    )


def use_app_code(app, code):
    """Use up the code. Returns whether the app shows it now and it was not used before."""
    secret = decrypt(app.encrypted_secret)
    if secret is None:
        return False
    step = step_of(secret, code, time.time())
    return step is not None and app.note_use(step)


def address_for_app(secret, user):
    """The otpauth address in the QR code."""
    return _totp(secret).get_provisioning_uri(
        user.get_username(), settings.SITE_NAME.replace(":", " ")
    )


def qr_code(address):
    """The QR code of the address: a data: URL of an SVG in black on white."""
    return segno.make(address, error="m").svg_data_uri(
        scale=5, border=4, dark="#000", light="#fff", nl=False
    )


def secret_as_text(secret):
    """The secret for typing into an app: base32 in groups of four."""
    text = b32encode(bytes.fromhex(secret)).decode().rstrip("=")
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def _totp(secret):
    return TOTP(bytes.fromhex(secret), DIGITS, SHA1(), SECONDS)  # noqa: S303
