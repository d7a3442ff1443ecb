"""How views mark their pages as public, for browsers and for the page cache."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.views.decorators.http import require_safe

# Caches may store the page but must revalidate it: with an ETag that costs one small
# answer, and readers see every change at once.
PUBLIC = "public, no-cache"


def public_page(*parameters):
    """
    Decorate a view whose page is the same for everyone without a session.

    `parameters` are the query parameters that change the page. The page cache reads them
    from `view.public_parameters` and hides all others from the view. A request with a
    session cookie gets a page of its own, which is not cached.
    """

    def decorate(view):
        @require_safe
        @wraps(view)
        def public_view(request, *args, **kwargs):
            if not has_session(request):
                # No session is looked up, so the page does not vary by cookie.
                request.user = AnonymousUser()
            return as_public(request, view(request, *args, **kwargs))

        public_view.public_parameters = frozenset(parameters)
        return public_view

    return decorate


def as_public(request, response):
    """Mark the response as public when the request has no session cookie, and return it."""
    if not has_session(request):
        response.headers.setdefault("Cache-Control", PUBLIC)
    return response


def has_session(request):
    return settings.SESSION_COOKIE_NAME in request.COOKIES
