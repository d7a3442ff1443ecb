"""Recovery codes: ten codes to print, each of which replaces a lost passkey or app once."""

import secrets
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from newsroom.models import RecoveryCode

NUMBER = 10
# 24 letters from an alphabet of 32 are 120 bits. From 112 bits on, a plain hash is enough
# (ASVS 5.0, 6.5.2). Codes of earlier releases have 16 letters. The alphabet leaves out 0, 1,
# i and o, which are easily confused.
ALPHABET = "23456789abcdefghjklmnpqrstuvwxyz"
GROUPS, LETTERS = 6, 4


def new_code() -> str:
    """A random code such as `k7mq-2vxd-9hrt-pw4c-n8ye-t3zs`."""
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS)
    )


def digest_of(code: str) -> str:
    """The hash that is stored for a code. Case, blanks and hyphens do not matter."""
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return sha256(letters.encode()).hexdigest()


def replace_codes(user):
    """Replace all recovery codes. Returns the new ones; only their hashes are stored."""
    codes = [new_code() for _ in range(NUMBER)]
    with transaction.atomic():
        user.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user=user, digest=digest_of(code)) for code in codes
        )
    return codes


def use_recovery_code(user, code):
    """Use up the code. Returns whether it is an unused code of the user."""
    unused = user.recovery_codes.filter(digest=digest_of(code), used_at=None)
    return bool(unused.update(used_at=timezone.now()))


def unused_codes(user):
    """The number of unused codes of the user."""
    return user.recovery_codes.filter(used_at=None).count()
