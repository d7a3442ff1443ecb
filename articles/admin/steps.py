"""The log of article steps at the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.core.admin.changelist import LongListMixin
from articles.core.admin.read_only import RecordMixin
from articles.models import Step


@admin.register(Step)
class StepAdmin(RecordMixin, LongListMixin, admin.ModelAdmin):
    list_display = ["at", "what", "article", "who", "reason"]
    list_filter = ["what"]
    list_select_related = ["article"]
    date_hierarchy = "at"

    @admin.display(description=_("by"))
    def who(self, step):
        return step.who
