"""The one spelling of a public page's address, however a request spells it."""

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.wsgi import get_path_info
from django.http import QueryDict
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve

from newsroom.languages.urls import urlconf_at

# Path and query string; a longer one goes to Django.
LONGEST_ADDRESS = 2000


class Address(NamedTuple):
    """The key of a kept page: one spelling, however it was asked for."""

    scheme: str
    host: str
    path: str
    query: str


def spelt_address(environ: dict) -> tuple[str, str, str, str]:
    """The address as the request spells it, in the form of an Address."""
    return (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
    )


def public_address(environ: dict) -> Address | None:
    """The one spelling of the address; None when no page is kept for it."""
    path = environ["PATH_INFO"]
    query = environ.get("QUERY_STRING", "")
    if len(path) + len(query) > LONGEST_ADDRESS:
        return None
    if path.startswith(settings.STATIC_URL):
        # Static files are already compressed, and browsers keep them for ever.
        return None
    scheme = environ["wsgi.url_scheme"]
    host = public_host(
        environ.get("HTTP_HOST", ""), scheme, environ.get("SERVER_PORT", "")
    )
    if host is None:
        return None
    known = known_parameters(urlconf_at(path), path)
    if known is None:
        return None
    try:
        query = public_query(query, known)
    except TooManyFieldsSent:
        return None
    return Address(scheme, host, path, query)


def public_host(host: str, scheme: str, server_port: str) -> str | None:
    """
    The host in lower case, without a default port.

    A port that is neither the server's nor that of SITE_URL is left out, and a host that
    matches only a pattern in ALLOWED_HOSTS becomes that of SITE_URL: else one page would
    have endless addresses. None for a host that is not ours.
    """
    if len(host) > 255:
        return None
    domain, port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return None
    site = urlsplit(settings.SITE_URL)
    own_host = site.hostname or ""
    if domain not in {*map(str.lower, settings.ALLOWED_HOSTS), own_host}:
        if not validate_host(own_host, settings.ALLOWED_HOSTS):
            return None
        domain = own_host
    if not port or port == {"http": "80", "https": "443"}.get(scheme):
        return domain
    if port in {server_port, str(site.port)}:
        return f"{domain}:{port}"
    return domain


@lru_cache(maxsize=2048)
def known_parameters(urlconf: Any, path_info: str) -> frozenset[str] | None:
    """
    The query parameters that the view at this path knows; None if the view is not public.

    Paths without a view have none. A path that lacks only its last slash has those of the
    page to which Django redirects.
    """
    path = get_path_info({"PATH_INFO": path_info})
    for spelling in [path] if path.endswith("/") else [path, f"{path}/"]:
        try:
            view = resolve(spelling, urlconf).func
        except Resolver404:
            continue
        return getattr(view, "public_parameters", None)
    return frozenset()


def public_query(query: str, known: frozenset[str]) -> str:
    """
    The known parameters, sorted by name; of a repeated one, the last value.

    Raises TooManyFieldsSent where Django would.
    """
    if not query or not known:
        return ""
    sent = QueryDict(query.encode("latin-1"), encoding="utf-8")
    return urlencode([(name, sent[name]) for name in sorted(known) if name in sent])
