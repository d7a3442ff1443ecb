"""
Encryption of secrets that must be read again, such as those of authenticator apps.

The key is derived from SECRET_KEY, so a copy of the database alone reveals nothing. Values that
were encrypted with a key in SECRET_KEY_FALLBACKS can still be read.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str | None:
    """The text; None when it was encrypted with a key that is not known any more."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken:
        return None


def _fernet():
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key_from(key)) for key in keys])


def _key_from(secret):
    derived = HKDF(SHA256(), length=32, salt=None, info=b"newsroom.accounts.encryption")
    return urlsafe_b64encode(derived.derive(secret.encode()))
