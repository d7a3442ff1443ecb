"""The filters of the list of articles."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from articles.models import Article, Tag
from articles.publishing import planning
from articles.publishing.preflight import problems_of_all

# Languages and tags are offered from this many of the articles changed last, so that
# drawing the list does not read the whole table.
OPTIONS_FROM_NEWEST = 500
# The filter by problems reads and checks this many of the articles changed last.
CHECKED_FOR_PROBLEMS = 500


@dataclass(frozen=True)
class StatusChoice:
    """A choice of the filter by status, shown as a pill above the list."""

    label: Any
    # Narrows a queryset of articles.
    narrow: Callable[[Any], Any]


# By their names in the address.
STATUS_CHOICES = {
    "draft": StatusChoice(_("Drafts"), lambda articles: articles.drafts()),
    "returned": StatusChoice(_("Returned"), lambda articles: articles.returned()),
    "in_review": StatusChoice(_("In review"), lambda articles: articles.in_review()),
    "scheduled": StatusChoice(_("Scheduled"), lambda articles: articles.scheduled()),
    "published": StatusChoice(_("Published"), lambda articles: articles.visible()),
    "changed": StatusChoice(_("Unpublished changes"), planning.changed_lately),
    "withdrawn": StatusChoice(_("Withdrawn"), lambda articles: articles.withdrawn()),
}


class ArticleStatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"
    is_shown_as_pills = True

    def lookups(self, request, model_admin):
        return [(name, choice.label) for name, choice in STATUS_CHOICES.items()]

    def queryset(self, request, articles):
        if self.value() not in STATUS_CHOICES:
            return articles
        return STATUS_CHOICES[self.value()].narrow(articles)


class WriterFilter(admin.SimpleListFilter):
    title = _("author")
    parameter_name = "mine"

    def lookups(self, request, model_admin):
        return [("yes", _("Written by me"))]

    def queryset(self, request, articles):
        return articles.written_by(request.user) if self.value() else articles


class ProposalsFilter(admin.SimpleListFilter):
    title = _("proposals")
    parameter_name = "proposals"

    def lookups(self, request, model_admin):
        return [("open", _("With proposed changes"))]

    def queryset(self, request, articles):
        return articles.with_open_proposals() if self.value() else articles


class ProblemsFilter(admin.SimpleListFilter):
    """What preflight would find. No index answers that, so only the newest changes are checked."""

    title = format_lazy(
        ngettext_lazy(
            "problems (checks at most {number} article)",
            "problems (checks at most {number} articles)",
            CHECKED_FOR_PROBLEMS,
        ),
        number=CHECKED_FOR_PROBLEMS,
    )
    parameter_name = "problems"

    def lookups(self, request, model_admin):
        return [("errors", _("Errors")), ("any", _("Errors or warnings"))]

    def queryset(self, request, articles):
        if self.value() not in ["errors", "any"]:
            return articles
        newest = list(articles.order_by("-modified_at", "-id")[:CHECKED_FOR_PROBLEMS])
        found = problems_of_all(newest)
        return articles.filter(pk__in=[pk for pk in found if self._matters(found[pk])])

    def _matters(self, problems):
        return any(self.value() == "any" or problem.is_error for problem in problems)


class LanguageFilter(admin.SimpleListFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        languages = set(_changed_last().values_list("language", flat=True))
        languages |= {request.GET[name] for name in ["language"] if name in request.GET}
        return [(language, language) for language in sorted(languages)]

    def queryset(self, request, articles):
        return articles.filter(language=self.value()) if self.value() else articles


class TagFilter(admin.SimpleListFilter):
    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request, model_admin):
        tags = dict(_changed_last().tags().values_list("slug", "name"))
        if (chosen := request.GET.get("tag")) and chosen not in tags:
            tags |= dict(Tag.objects.filter(slug=chosen).values_list("slug", "name"))
        return sorted(tags.items(), key=lambda tag: tag[1].lower())

    def queryset(self, request, articles):
        return articles.filter(tags__slug=self.value()) if self.value() else articles


def _changed_last():
    newest = Article.objects.order_by("-modified_at", "-id").values("pk")[
        :OPTIONS_FROM_NEWEST
    ]
    # A list of keys: PostgreSQL cannot estimate the size of a sliced subquery.
    return Article.objects.filter(pk__in=[row["pk"] for row in newest])
