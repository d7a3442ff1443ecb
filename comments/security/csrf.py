"""Whether a form was sent by one of our own pages, asked without a cookie where there is none."""

from urllib.parse import urlsplit

from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware

from articles.core.http_cache import has_session


def is_from_elsewhere(request):
    """
    Whether the POST must be refused because another site may have sent it.

    Whoever has a session must show Django's token, for another site could act in
    their name. Without one there is no name to act in: what the browser says of
    the sender decides, and where it says nothing, as no browser does, nobody is harmed.
    """
    if has_session(request):
        return _has_no_token(request)
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and not is_ours(origin, origins=_our_origins(request))


def is_ours(origin: str, *, origins: set[str]) -> bool:
    """
    Whether an `Origin` is one of the origins: scheme, host and port.

    `null` and what cannot be read are none of ours.
    """
    return _origin_of(origin) in origins


def _our_origins(request):
    """The address that the request came to, and that of SITE_URL."""
    here = f"{request.scheme}://{request.get_host()}"
    return {_origin_of(here), _origin_of(settings.SITE_URL)} - {None}


def _origin_of(address):
    try:
        parts = urlsplit(address.lower())
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else None


def _has_no_token(request):
    """Django's own check. The view is exempt from it only so that the words can be shown back."""
    return _TokenCheck(_no_view).process_view(request, _no_view, (), {}) is not None


class _TokenCheck(CsrfViewMiddleware):
    """Gives the reason, and leaves the page that says so to us."""

    def _reject(self, request, reason):
        return reason


def _no_view(request):
    """Stands for a view that is not exempt."""
