"""The page frame of the views about accounts."""

from math import ceil

from django.conf import settings
from django.contrib import admin
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _


def account_page(request, template, *, title, status=200, **context):
    """A page in the frame of the admin; the list of apps is hidden from signed-out users."""
    frame = admin.site.each_context(request)
    if not frame["has_permission"]:
        frame["is_nav_sidebar_enabled"] = False
    # A passkey works only at the address of the site, and the script says so.
    frame["own_address"] = settings.SITE_URL
    request.current_app = admin.site.name
    return TemplateResponse(
        request, template, {**frame, "title": title, **context}, status=status
    )


def too_many_tries(request, wait):
    """The answer to an attempt that has to wait this many seconds."""
    response = account_page(
        request,
        "registration/too_many_tries.html",
        title=_("Too many attempts"),
        status=429,
        minutes=ceil(wait / 60),
    )
    response.headers["Retry-After"] = str(wait)
    return response
