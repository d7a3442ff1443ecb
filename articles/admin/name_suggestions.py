"""Suggestions while names are typed: tags, and people for bylines."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, Value, When
from django.http import JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.core.admin.changelist import LONGEST_SEARCH

SUGGESTED = 8
MOST_WORDS = 5


class SuggestForm(forms.Form):
    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)


class NameSuggestionsMixin:
    """
    For the admin of a model with names, whose queryset has `with_uses()` and `knows_name()`.

    `suggested_names` returns how each of some rows is typed, `uses_of` says how often one is used.
    """

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_suggest"
        view = self.admin_site.admin_view(self.suggest_view)
        return [path("suggest/", view, name=name), *super().get_urls()]

    @method_decorator([never_cache, require_safe])
    def suggest_view(self, request):
        """The rows whose name has all words of `q`, as JSON; those that begin with it first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = SuggestForm(request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        rows = list(self._suggested(words)) if words.strip() else []
        names = self.suggested_names(rows)
        return JsonResponse(
            {
                "results": [
                    {"name": name, "detail": self.uses_of(row)}
                    for row, name in zip(rows, names, strict=True)
                ],
                "is_known": self.model.objects.knows_name(words),
                "may_create": self.has_add_permission(request),
            }
        )

    def suggested_names(self, rows):
        return [row.name for row in rows]

    def _suggested(self, words):
        found = Q()
        for word in words.split()[:MOST_WORDS]:
            found &= Q(name__icontains=word)
        begins = Case(When(name__istartswith=words, then=Value(0)), default=Value(1))
        ordered = self.model.objects.filter(found).order_by(begins, "name", "pk")
        return ordered.with_uses()[:SUGGESTED]
