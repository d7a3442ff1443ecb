"""Views of no app: robots.txt, the icon, and the error pages."""

import re

from django.conf import settings
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.core.http_cache import as_public, public_page
from newsroom.accounts import security_log
from newsroom.models import SecurityEvent

# Names of fields that are no typed text, or that no page may show.
_NOT_WORDS = re.compile(r"^_|-|token|password")

FAVICON = settings.BASE_DIR / "static" / "favicon.ico"


@public_page()
def robots(request):
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request):
    """The icon at the default address, for clients that have read no page."""
    return FileResponse(
        FAVICON.open("rb"),
        content_type="image/x-icon",
        headers={
            "Cache-Control": "public, max-age=86400",
            # Feed readers show it beside our headlines.
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )


def no_page(request, **place):
    raise Http404


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def permission_denied(request, exception):
    if request.user.is_authenticated:
        security_log.record(
            SecurityEvent.Kind.REFUSED,
            request=request,
            user=request.user,
            detail=f"{request.method} {request.path}",
        )
    return render(request, "403.html", status=403)


def not_sent_from_here(request, reason=""):
    """
    CSRF failure: another site sent the form, or a form of the desk is older than the sign-in.

    Users of the desk get back what they typed, to copy it.
    """
    words = []
    if request.user.is_staff:
        words = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if value and not _NOT_WORDS.search(name)
        ]
    return render(request, "403_csrf.html", {"words": words}, status=403)


def page_not_found(request, exception):
    return as_public(request, render(request, "404.html", status=404))
