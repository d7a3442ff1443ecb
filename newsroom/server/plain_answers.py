"""Short answers in plain text that are made ahead of Django, with the headers that its answers have."""

from django.conf import settings

from newsroom.middleware import PERMISSIONS


def plain_answer(status: str, sentence: str, start_response, *headers) -> list[bytes]:
    """An answer that is made ahead of Django, with the headers that Django's answers have."""
    body = f"{sentence}\n".encode()
    start_response(status, [*plain_headers(len(body)), *headers])
    return [body]


def plain_headers(length: int) -> list[tuple[str, str]]:
    """The headers of a short answer in plain text that is made ahead of Django."""
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
