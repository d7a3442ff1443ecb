"""Admin screens for records that nobody changes."""


class RecordMixin:
    """For records that are written once: to read and to search, never to change."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
