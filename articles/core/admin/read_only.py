"""Admin screens that only show records."""


class RecordMixin:
    """For the admin of append-only records: nobody may add, change or delete them."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
