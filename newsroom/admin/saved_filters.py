"""Saved filters of the list of articles: each user names their own."""

from django import forms
from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, QueryDict
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from newsroom.models import SavedFilter

LIST = "admin:articles_article_changelist"


class SavedFilterForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the filter"), max_length=SavedFilter.NAME_LENGTH
    )
    query = forms.CharField(
        max_length=SavedFilter.QUERY_LENGTH, widget=forms.HiddenInput
    )

    def clean_query(self):
        """The filters as they are stored, in which letters outside ASCII are longer."""
        query = filters_in(self.cleaned_data["query"])
        if len(query) > SavedFilter.QUERY_LENGTH:
            raise forms.ValidationError(_("This filter is too long to be saved."))
        return query


def filters_in(query):
    """The filters, search and order of a query as text, without the page of the list."""
    kept = QueryDict(query, mutable=True)
    kept.pop(PAGE_VAR, None)
    return kept.urlencode()


class SavedFiltersMixin:
    """The saved filters of the user beside the list, and the views that save and remove one."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "filters/save/",
                view(require_POST(self.save_filter)),
                name="articles_article_save_filter",
            ),
            path(
                "filters/<int:key>/remove/",
                view(require_POST(self.remove_filter)),
                name="articles_article_remove_filter",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        query = filters_in(request.META.get("QUERY_STRING", ""))
        context = {
            "saved_filters": SavedFilter.objects.of(request.user),
            "filters_here": query,
            "filter_form": SavedFilterForm(
                initial={"query": query}, auto_id="filter-%s"
            ),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def save_filter(self, request):
        self._require_list(request)
        form = SavedFilterForm(request.POST)
        if not form.is_valid():
            for errors in form.errors.values():
                self.message_user(request, " ".join(errors), messages.ERROR)
            return self._to_list(request.POST.get("query", ""))
        name, query = form.cleaned_data["name"], form.cleaned_data["query"]
        own = SavedFilter.objects.of(request.user)
        if (
            own.count() >= SavedFilter.MOST_OF_A_USER
            and not own.filter(name=name).exists()
        ):
            said = ngettext(
                "You have %(number)d saved filter. Remove it to save another.",
                "You have %(number)d saved filters. Remove one to save another.",
                SavedFilter.MOST_OF_A_USER,
            ) % {"number": SavedFilter.MOST_OF_A_USER}
            self.message_user(request, said, messages.ERROR)
        else:
            SavedFilter.objects.keep(request.user, name, query)
            said = _("The filter “%(name)s” is saved.") % {"name": name}
            self.message_user(request, said, messages.SUCCESS)
        return self._to_list(query)

    def remove_filter(self, request, key):
        self._require_list(request)
        # A filter that is gone, or that belongs to somebody else, is not in the way of anything.
        SavedFilter.objects.of(request.user).filter(pk=key).delete()
        return self._to_list(request.POST.get("query", ""))

    def _require_list(self, request):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied

    def _to_list(self, query):
        query = filters_in(query[: SavedFilter.QUERY_LENGTH])
        return HttpResponseRedirect(reverse(LIST) + (f"?{query}" if query else ""))
