"""The crumb line of a page of the desk: “Articles › Published”."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import models
from django.urls import reverse

from articles.models import Article
from newsroom.admin.navigation import navigation_of


@dataclass(frozen=True)
class Crumb:
    words: str
    address: str


def crumbs_of(request, shown=None):
    """The list, with the filters the user came from, and the row that the page is about."""
    screen = navigation_of(request).here
    if screen is None or screen.address == request.path:
        return []
    filters = request.GET.get("_changelist_filters", "")
    query = f"?{filters}" if filters else ""
    crumbs = [Crumb(str(screen.title), screen.address + query)]
    if not isinstance(shown, models.Model) or shown.pk is None:
        return crumbs
    if isinstance(shown, Article):
        status = urlencode({"status": shown.standing})
        crumbs.append(Crumb(shown.status_in_words, f"{screen.address}?{status}"))
    form = _form_of(shown)
    if form and form != request.path:
        crumbs.append(Crumb(str(shown), form))
    return crumbs


def _form_of(row):
    if not admin.site.is_registered(type(row)):
        return ""
    opts = row._meta
    name = f"admin:{opts.app_label}_{opts.model_name}_change"
    return reverse(name, args=[quote(row.pk)])
