"""What was done, as the desk reads it."""

from django.contrib import admin

from articles.core.admin.changelist import LongListMixin
from articles.models import Step


class RecordMixin:
    """For records that are written once: to read and to search, never to change."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Step)
class StepAdmin(RecordMixin, LongListMixin, admin.ModelAdmin):
    list_display = ["at", "what", "article", "who", "reason"]
    list_filter = ["what"]
    list_select_related = ["article"]
    date_hierarchy = "at"
