"""The pages beside the articles that editors write: about, imprint, privacy, rules and others."""

from pathlib import Path

from django.apps import apps as installed_apps
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.http import Http404
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from articles.core.http_cache import public_page
from articles.core.languages import language_at, prefix_of
from newsroom.languages.shipped import site_language

FIRST_PAGES = {
    "about": _("About us"),
    "imprint": _("Imprint"),
    "privacy": _("Privacy"),
    "rules": _("Rules of the conversation"),
}
# A folder for each language, named by its code; `en` is complete.
FIRST_TEXTS = Path(__file__).parent / "first_pages"


class PageAddress:
    """URL converter: the address of a page, without the slashes around it."""

    # As django.contrib.flatpages.forms allows it. An address without its last slash does not
    # match, so that Django redirects it.
    regex = r"[-\w.~]+(?:/[-\w.~]+)*"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


@public_page()
def page(request, address):
    page = _page_at(request, address)
    if page is None:
        raise Http404
    return render(request, "page.html", {"page": page})


@public_page()
def rules(request):
    """The rules of the conversation, by the editors or our own, and how they are enforced."""
    page = _page_at(request, "rules") or FlatPage(
        url="/rules/", title=FIRST_PAGES["rules"], content=_first_text("rules")
    )
    return render(request, "rules.html", {"page": page})


def _page_at(request, address):
    """The page at this address: in the language of the request if it exists, else the site's."""
    own = f"{prefix_of(language_at(request.path))}/{address}/"
    found = FlatPage.objects.filter(
        sites=settings.SITE_ID, url__in={own, f"/{address}/"}
    )
    pages = {page.url: page for page in found}
    page = pages.get(own) or pages.get(f"/{address}/")
    is_hidden = (
        page and page.registration_required and not request.user.is_authenticated
    )
    return None if is_hidden else page


def _first_text(address):
    """The text that a page begins with, in the language of the site; English if there is none."""
    text = FIRST_TEXTS / site_language() / f"{address}.html"
    if not text.exists():
        text = FIRST_TEXTS / "en" / f"{address}.html"
    return text.read_text(encoding="utf-8")


def make_missing_pages(sender, using, apps=installed_apps, **kwargs):
    """
    Name the site as the settings do, and create the missing pages in its language.

    Runs after `migrate`. Pages that exist keep what editors wrote.
    """
    if sender.label != "newsroom":
        return
    try:
        Site, FlatPage = (
            apps.get_model("sites", "Site"),
            apps.get_model("flatpages", "FlatPage"),
        )
    except LookupError:
        # Only some apps were migrated, and the tables of these are missing.
        return
    site, _created = Site.objects.using(using).update_or_create(
        pk=settings.SITE_ID,
        defaults={
            "domain": settings.SITE_URL.partition("://")[2][:100],
            "name": settings.SITE_NAME[:50],
        },
    )
    there = set(FlatPage.objects.using(using).values_list("url", flat=True))
    # `migrate` itself runs without translations.
    with translation.override(site_language()):
        for address, title in FIRST_PAGES.items():
            if f"/{address}/" not in there:
                page = FlatPage.objects.using(using).create(
                    url=f"/{address}/",
                    title=str(title),
                    content=_first_text(address),
                )
                page.sites.add(site)
