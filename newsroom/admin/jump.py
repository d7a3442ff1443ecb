"""
The jump box: one search over the screens of the desk and what they hold.

Everybody finds what they may open, and no more. Each kind takes one query for a few rows, so
that the box can ask while somebody types.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from articles.core.text.counting import shortened
from articles.models import Article, Person, Tag
from comments.models import Comment, Commenter
from newsroom.admin.navigation import navigation_of

# This many results of each kind are shown.
RESULTS_OF_A_KIND = 5
# In characters; what is longer is cut, and what is shorter finds screens only.
LONGEST_QUERY = 100
SHORTEST_QUERY = 2
# Comments are looked for among this many of the newest.
COMMENTS_SEARCHED = 20_000


@dataclass(frozen=True)
class Result:
    words: str
    address: str
    # What is known of it besides, in a few words.
    about: str = ""


@dataclass(frozen=True)
class Kind:
    title: Any
    model: Any
    find: Callable[[Any, str], list[Result]]


def results_for(request, query):
    """Pairs of a title and the results of one kind, without kinds that found nothing."""
    query = " ".join(query.replace("\0", " ").split())[:LONGEST_QUERY].strip()
    groups = [(_("Go to"), _screens(request, query))]
    if len(query) >= SHORTEST_QUERY:
        groups += [
            (str(kind.title), kind.find(request.user, query))
            for kind in KINDS
            if _may_view(request, kind.model)
        ]
    return [(title, results) for title, results in groups if results]


def _may_view(request, model):
    return admin.site.get_model_admin(model).has_view_or_change_permission(request)


def _screens(request, query):
    """The commands and screens whose words contain the query; all of them without a query."""
    navigation = navigation_of(request)
    found = []
    if navigation.new_article:
        found.append(Result(_("New article"), navigation.new_article, _("Command")))
    found += [
        Result(str(screen.title), screen.address, str(title))
        for title, screens in navigation.screens
        for screen in screens
    ]
    found += [
        Result(_("Your account"), reverse("account")),
        Result(_("Keyboard shortcuts"), reverse("desk_shortcuts")),
    ]
    wanted = _folded(query)
    return [one for one in found if wanted in _folded(one.words)]


def _folded(text):
    """The text without case and accents."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def _articles(user, query):
    found = Article.objects.on_desk_of(user).filter(title__icontains=query)
    rows = found.only("title", "status", "published_at", "embargo_until", "modified_at")
    return [
        Result(str(one), _form_of(one), str(one.status_in_words))
        for one in rows.order_by("-modified_at", "-id")[:RESULTS_OF_A_KIND]
    ]


def _people(user, query):
    rows = Person.objects.filter(name__icontains=query).order_by("name")
    return [Result(str(one), _form_of(one)) for one in rows[:RESULTS_OF_A_KIND]]


def _tags(user, query):
    rows = Tag.objects.filter(name__icontains=query).order_by("name")
    return [Result(str(one), _form_of(one)) for one in rows[:RESULTS_OF_A_KIND]]


def _comments(user, query):
    newest = Comment.objects.order_by("-pk").values_list("pk", flat=True)[:1]
    words = Q(name__icontains=query) | Q(body__icontains=query)
    oldest = (newest.first() or 0) - COMMENTS_SEARCHED
    rows = Comment.objects.filter(words, pk__gt=oldest).only("name", "body", "status")
    return [
        Result(
            f"{one.name}: {shortened(' '.join(one.body.split()), 80)}",
            _form_of(one),
            str(one.get_status_display()),
        )
        for one in rows.order_by("-pk")[:RESULTS_OF_A_KIND]
    ]


def _commenters(user, query):
    # From the beginning of the address, as in the list of commenters; the index serves it.
    rows = Commenter.objects.filter(mailbox__address__startswith=query.lower())
    rows = rows.select_related("mailbox").with_latest_name().order_by("-pk")
    return [
        Result(one.name or str(one), _form_of(one), one.mailbox.address)
        for one in rows[:RESULTS_OF_A_KIND]
    ]


def _form_of(row):
    opts = row._meta
    name = f"admin:{opts.app_label}_{opts.model_name}_change"
    return reverse(name, args=[row.pk])


KINDS = [
    Kind(gettext_lazy("Articles"), Article, _articles),
    Kind(gettext_lazy("Authors"), Person, _people),
    Kind(gettext_lazy("Tags"), Tag, _tags),
    Kind(gettext_lazy("Comments"), Comment, _comments),
    Kind(gettext_lazy("Commenters"), Commenter, _commenters),
]


@require_safe
def jump_page(request):
    """The jump box as a page of its own, for browsers without JavaScript."""
    query = request.GET.get("q", "")
    context = {
        "title": _("Search or jump to"),
        "query": query[:LONGEST_QUERY],
        "longest": LONGEST_QUERY,
        "groups": results_for(request, query),
    }
    request.current_app = admin.site.name
    return TemplateResponse(
        request,
        "admin/jump.html",
        {**admin.site.each_context(request), **context},
    )


@require_safe
def jump_results(request):
    """The results as JSON, for the script of the jump box."""
    groups = results_for(request, request.GET.get("q", ""))
    return JsonResponse(
        {
            "groups": [
                {"title": title, "results": [asdict(one) for one in results]}
                for title, results in groups
            ]
        }
    )


jump_urls = [
    path("", admin.site.admin_view(jump_page), name="desk_jump"),
    path("results/", admin.site.admin_view(jump_results), name="desk_jump_results"),
]
