"""
Changelists that stay fast however many rows there are.

    class StepAdmin(LongListMixin, admin.ModelAdmin):
        date_hierarchy = "at"     # with an index that begins with it

Nothing counts the whole table. The date hierarchy (year › month › day) looks up only the
first and the last date, so it may offer a month without rows.
"""

from calendar import monthrange
from datetime import date

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters, ShowFacets
from django.contrib.admin.views.main import (
    SEARCH_VAR,
    ChangeList,
    ChangeListSearchForm,
)
from django.core.paginator import Paginator
from django.db import DataError
from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from articles.core.admin.prev_next import MOST_ROWS_COUNTED

# In characters. SQLite fails at a thousand words, and at a word of 50,000 characters.
LONGEST_SEARCH = 200

# Raised for values that a database cannot compare with, such as a NUL character or a year
# that other time zones cannot express.
NOT_COMPARABLE = (ValueError, OverflowError, DataError)


class SearchForm(ChangeListSearchForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[SEARCH_VAR] = forms.CharField(
            required=False,
            strip=False,
            max_length=LONGEST_SEARCH,
            error_messages={
                "max_length": _(
                    "This search has %(show_value)d characters; the limit is %(limit_value)d. All rows are shown."
                )
            },
        )


class CappedPaginator(Paginator):
    """Pages of a list whose count stops at MOST_ROWS_COUNTED + 1."""

    counted = MOST_ROWS_COUNTED

    @cached_property
    def count(self):
        return self.object_list.order_by()[: MOST_ROWS_COUNTED + 1].count()

    @property
    def is_capped(self):
        return self.count > MOST_ROWS_COUNTED


class LongList(ChangeList):
    search_form_class = SearchForm

    def get_filters(self, request):
        try:
            return super().get_filters(request)
        except NOT_COMPARABLE as error:
            # Django's own date hierarchy fails for the year after 9999.
            raise IncorrectLookupParameters(error) from error

    def get_results(self, request):
        try:
            super().get_results(request)
        except NOT_COMPARABLE as error:
            raise IncorrectLookupParameters(error) from error

    @cached_property
    def dates(self):
        """
        The links of the date hierarchy, or None without one.

        A dict with `choices`, a list of dicts of `title` and `link`, and below the top
        level `back`, such a dict, and mostly `here`, the title of the chosen period.
        """
        if not self.date_hierarchy:
            return None
        year, month, day = (self._chosen(part) for part in ("year", "month", "day"))
        if year and month and day:
            return {
                "back": self._date_link(year, month),
                "choices": [{"title": self._title(year, month, day)}],
            }
        if year and month:
            days = range(1, monthrange(year, month)[1] + 1)
            return {
                "back": self._date_link(year),
                "here": self._title(year, month),
                "choices": [self._date_link(year, month, day) for day in days],
            }
        if year:
            return {
                "back": {"title": _("All dates"), "link": self._dates_query()},
                "here": str(year),
                "choices": [self._date_link(year, month) for month in range(1, 13)],
            }
        return {"choices": [self._date_link(year) for year in self._years()]}

    def _chosen(self, part):
        return int(self.params.get(f"{self.date_hierarchy}__{part}", 0))

    def _years(self):
        """The years from the newest row to the oldest, found with two index look-ups."""
        field = self.date_hierarchy
        dated = self.root_queryset.filter(**{f"{field}__isnull": False})
        ends = [
            dated.order_by(order).values_list(field, flat=True).first()
            for order in (field, f"-{field}")
        ]
        if None in ends:
            return []
        first, last = (timezone.localtime(end).year for end in ends)
        return range(last, first - 1, -1)

    def _date_link(self, *parts):
        return {"title": self._title(*parts), "link": self._dates_query(*parts)}

    def _dates_query(self, *parts):
        field = self.date_hierarchy
        names = [f"{field}__year", f"{field}__month", f"{field}__day"]
        chosen = dict(zip(names, parts, strict=False))
        return self.get_query_string(chosen, remove=[f"{field}__"])

    def _title(self, year, month=None, day=None):
        if month is None:
            return str(year)
        style = "YEAR_MONTH_FORMAT" if day is None else "MONTH_DAY_FORMAT"
        return capfirst(formats.date_format(date(year, month, day or 1), style))


class LongListMixin:
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    # Facet counts would read the whole table once per filter.
    show_facets = ShowFacets.NEVER
    empty_value_display = ""

    def get_changelist(self, request, **kwargs):
        return LongList

    def lookup_allowed(self, lookup, value, request):
        # A regular expression from the address can keep a process busy without limit.
        if lookup.rpartition("__")[2] in {"regex", "iregex"}:
            return False
        return super().lookup_allowed(lookup, value, request)
