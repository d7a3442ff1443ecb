"""The security log, shown to superusers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.core.admin.read_only import RecordMixin
from newsroom.models import SecurityEvent


@admin.register(SecurityEvent)
class SecurityEventAdmin(RecordMixin, LongListMixin, NeighboursMixin, admin.ModelAdmin):
    list_display = ["at", "kind", "name", "network_label", "detail"]
    list_filter = ["kind"]
    sortable_by = []
    search_fields = ["name", "detail", "network"]
    search_help_text = _("Account, network or text")
    date_hierarchy = "at"
    actions = None
    fields = ["at", "kind", "name", "network", "detail"]
    readonly_fields = fields

    @admin.display(description=_("Network"))
    def network_label(self, event):
        return event.network_label
