"""Receivers of Django's own signals; the project has no signals itself."""

from newsroom.accounts import security_log
from newsroom.models import SecurityEvent


def record_sign_out(sender, request, user, **kwargs):
    if user is not None:
        security_log.record(SecurityEvent.Kind.SIGNED_OUT, request=request, user=user)
