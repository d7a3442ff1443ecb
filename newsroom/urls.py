"""The URLs of the site."""

from django.contrib import admin
from django.urls import include, path, register_converter

import articles.urls
import comments.urls
from articles.admin import calendar
from newsroom import health, metrics, pages, views
from newsroom.accounts import password_sign_in, sign_out
from newsroom.admin import health as desk_health
from newsroom.admin import jump, shortcuts
from newsroom.languages import script_texts

register_converter(pages.PageAddress, "page")

# At one address, whatever the language of a page that links to it.
in_no_language = [
    # Before the admin's own addresses: sign-in is throttled, and a change of password requires a
    # fresh sign-in.
    path("admin/", include("newsroom.accounts.urls")),
    path("admin/", include(password_sign_in.password_urls)),
    path("admin/", include(sign_out.sign_out_urls)),
    # Django's redirect from any row to its page would reveal the address of an article to
    # users who may not see it. Each of our screens links to the page itself.
    path("admin/r/<path:row>", views.no_page),
    path("admin/articles/calendar/", include(calendar.calendar_urls)),
    path("admin/health/", include(desk_health.health_urls)),
    path("admin/jump/", include(jump.jump_urls)),
    path("admin/shortcuts/", include(shortcuts.shortcuts_urls)),
    path("admin/", admin.site.urls),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path(
        "texts/<slug:language>-<slug:version>.js",
        script_texts.script_texts,
        name="script_texts",
    ),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]


def patterns(below=""):
    """All URL patterns; those of pages that exist in each language are below this prefix."""
    return [
        *in_no_language,
        path("", include((articles.urls.patterns(below), "articles"))),
        path("", include((comments.urls.patterns(below), "comments"))),
        path(f"{below}rules/", pages.rules, name="rules"),
        # Last: any other address may be a page that an editor made.
        path(f"{below}<page:address>/", pages.page, name="page"),
    ]


urlpatterns = patterns()

handler400 = "newsroom.views.bad_request"
handler403 = "newsroom.views.permission_denied"
handler404 = "newsroom.views.page_not_found"
handler500 = "newsroom.unavailable.failed"
