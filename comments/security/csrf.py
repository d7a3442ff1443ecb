"""Protection against cross-site requests, without a cookie for readers without a session."""

from urllib.parse import urlsplit

from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware

from articles.core.http_cache import has_session


def is_cross_site(request):
    """
    Whether the POST must be refused because another site may have sent it.

    With a session, Django's token is required, because another site could act in the
    user's name. Without a session nobody can be impersonated, so the headers
    `Sec-Fetch-Site` or `Origin` decide. A request without both is accepted: it does not
    come from a browser.
    """
    if has_session(request):
        return _has_no_token(request)
    return comes_from_another_site(request)


def comes_from_another_site(request):
    """Whether the browser says that a page of another site sent the request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and not is_ours(origin, origins=_our_origins(request))


def is_ours(origin: str, *, origins: set[str]) -> bool:
    """
    Whether the value of an `Origin` header (scheme, host and port) is one of `origins`.

    False for `null` and for what cannot be parsed.
    """
    return _origin_of(origin) in origins


def _our_origins(request):
    """The origin that the request came to, and that of SITE_URL."""
    here = f"{request.scheme}://{request.get_host()}"
    return {_origin_of(here), _origin_of(settings.SITE_URL)} - {None}


def _origin_of(address):
    try:
        parts = urlsplit(address.lower())
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else None


def _has_no_token(request):
    """Django's own check. Views are exempt from it so that they can return the typed text."""
    return _TokenCheck(_no_view).process_view(request, _no_view, (), {}) is not None


class _TokenCheck(CsrfViewMiddleware):
    """Returns the reason for a refusal instead of Django's error page."""

    def _reject(self, request, reason):
        return reason


def _no_view(request):
    """Stands for a view that is not exempt."""
