"""By what the lists can be narrowed."""

from django.contrib import admin

from comments.models import Comment


class DateFilter(admin.DateFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = "date"


class StatusFilter(admin.SimpleListFilter):
    """What waits, unless a moderator chooses otherwise or searches, which looks at everything."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [*Comment.Status.choices, ("all", "All")]

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


def chosen_status(request):
    """The status that the list shows: `all` for every one of them."""
    unsaid = "all" if request.GET.get("q") else Comment.Status.PENDING
    chosen = request.GET.get("status")
    return chosen if chosen in {*Comment.Status.values, "all"} else unsaid
