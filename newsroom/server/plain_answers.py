"""Short plain-text answers made in front of Django, with the headers that its answers have."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from newsroom.middleware import PERMISSIONS


def plain_answer(
    status: str,
    sentence: str,
    start_response: Callable[..., Any],
    *headers: tuple[str, str],
) -> list[bytes]:
    """A plain-text answer made in front of Django, as a WSGI body."""
    body = f"{sentence}\n".encode()
    start_response(status, [*plain_headers(len(body)), *headers])
    return [body]


def plain_headers(length: int) -> list[tuple[str, str]]:
    """The headers of such an answer; `length` in bytes."""
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(length)),
        ("Cache-Control", "private, no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", PERMISSIONS),
        ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", settings.X_FRAME_OPTIONS),
    ]
    if settings.SECURE_HSTS_SECONDS:
        headers.append(
            ("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")
        )
    return headers
