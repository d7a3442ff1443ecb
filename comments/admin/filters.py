"""The filters of the lists."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comments.models import Comment


class DateFilter(admin.DateFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = _("date")


class CommentStatusFilter(admin.SimpleListFilter):
    """Shows pending comments, unless the moderator picks another status or searches all of them."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [*Comment.Status.choices, ("all", pgettext_lazy("comments", "All"))]

    def choices(self, changelist):
        for value, words in self.lookup_choices:
            yield {
                "selected": value == self.chosen,
                "query_string": changelist.get_query_string({"status": value}),
                "display": words,
            }

    def queryset(self, request, queryset):
        return queryset if self.chosen == "all" else queryset.with_status(self.chosen)

    @property
    def chosen(self):
        return chosen_status(self.request)


class SecondLookFilter(admin.SimpleListFilter):
    """
    Reported comments, and those whose author appeals.

    They have any status until one is chosen.
    """

    # Translators: the title of a filter of comments: those reported, those appealed.
    title = _("reports and appeals")
    parameter_name = "look"
    PILES = {
        "reported": pgettext_lazy("comments", "Reported"),
        "appealed": pgettext_lazy("comments", "Appealed"),
    }

    def lookups(self, request, model_admin):
        return self.PILES.items()

    def choices(self, changelist):
        yield {
            "selected": chosen_look(self.request) is None,
            "query_string": changelist.get_query_string(remove=["look"]),
            # Translators: comments with or without reports and appeals.
            "display": _("Any"),
        }
        for value, words in self.lookup_choices:
            yield {
                "selected": value == chosen_look(self.request),
                "query_string": changelist.get_query_string(
                    {"look": value}, remove=["status"]
                ),
                "display": words,
            }

    def queryset(self, request, comments):
        chosen = chosen_look(request)
        return getattr(comments, chosen)() if chosen else comments


def chosen_look(request):
    """`reported`, `appealed` or None."""
    chosen = request.GET.get("look")
    return chosen if chosen in SecondLookFilter.PILES else None


def chosen_status(request):
    """The status that the list shows; `all` for every status."""
    looks_everywhere = request.GET.get("q") or chosen_look(request)
    unsaid = "all" if looks_everywhere else Comment.Status.PENDING
    chosen = request.GET.get("status")
    return chosen if chosen in {*Comment.Status.values, "all"} else unsaid
