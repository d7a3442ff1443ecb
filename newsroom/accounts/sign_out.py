"""Signing out of the desk also clears the browser's storage of this site."""

from django.contrib import admin
from django.urls import path

# Everything that pages of this site keep in the browser's storage (W3C, Clear Site Data).
# On a shared machine the next person must not find unsaved articles or use the secret
# links of comments. Only signing out of the desk clears it: readers never sign out, so
# their browsers keep it. Browsers without the header and pages without https are served
# by the script of the page: static/desk/signed_out.js.
EVERYTHING_KEPT = '"storage"'


def sign_out(request):
    response = admin.site.logout(request)
    if request.method == "POST" and not request.user.is_authenticated:
        response.headers["Clear-Site-Data"] = EVERYTHING_KEPT
    return response


# Before `admin:logout`, which has the same address and so leads here.
sign_out_urls = [path("logout/", admin.site.admin_view(sign_out))]
