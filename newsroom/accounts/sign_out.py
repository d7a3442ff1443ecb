"""Signing out of the desk: the browser forgets what it kept of unsaved articles, and its private links."""

from django.contrib import admin
from django.urls import path

# Everything that pages of this site have put into the storage of the browser (W3C, Clear
# Site Data). Only whoever signs out of the desk loses it: on the shared machine of an
# office the next person must not find unsaved articles, nor act through the private links
# of comments. Readers never sign out, so what their browsers remember stays. Browsers
# that do not know the header, and pages without https, are served by the script of the
# page: static/desk/signed_out.js.
EVERYTHING_KEPT = '"storage"'


def sign_out(request):
    response = admin.site.logout(request)
    if request.method == "POST" and not request.user.is_authenticated:
        response.headers["Clear-Site-Data"] = EVERYTHING_KEPT
    return response


# Before the admin's own address of it, `admin:logout`, which leads here.
urls = [path("logout/", admin.site.admin_view(sign_out))]
