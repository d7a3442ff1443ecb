"""What a view says of its page, so that the page cache and its key know it."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.views.decorators.http import require_safe

# Anyone may keep the page, and asks us before showing it again: with an ETag that
# costs one small answer, and a decision of the desk is seen at once.
PUBLIC = "public, no-cache"


def public_page(*parameters):
    """
    A page that is the same for everyone without a session; these query parameters change it.

    The page cache reads `view.public_parameters` and hides every other parameter
    from the view. A request with a session cookie gets a page of its own, which
    nobody keeps.
    """

    def decorate(view):
        @require_safe
        @wraps(view)
        def public_view(request, *args, **kwargs):
            if not has_session(request):
                # Nobody's session need be looked up, and none makes the page vary.
                request.user = AnonymousUser()
            return as_public(request, view(request, *args, **kwargs))

        public_view.public_parameters = frozenset(parameters)
        return public_view

    return decorate


def as_public(request, response):
    """The answer, marked as public when the request had no session."""
    if not has_session(request):
        response.headers.setdefault("Cache-Control", PUBLIC)
    return response


def has_session(request):
    return settings.SESSION_COOKIE_NAME in request.COOKIES
