"""
Lists of the desk that stay fast however many rows there are.

    class PersonAdmin(LongListMixin, admin.ModelAdmin):
        date_hierarchy = "created_at"     # put an index on it

Nothing counts the whole table; the date hierarchy looks up the first and the last date
and reads no other row.
"""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

from articles.admin.neighbours import COUNTED


class CappedPaginator(Paginator):
    """Pages of a list that is counted no further than just beyond COUNTED."""

    counted = COUNTED

    @cached_property
    def count(self):
        return self.object_list.order_by()[: COUNTED + 1].count()

    @property
    def is_capped(self):
        return self.count > COUNTED


class LongListMixin:
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
