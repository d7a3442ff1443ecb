"""Admin screens that only show records."""

from django.urls import path


class RecordMixin:
    """For the admin of append-only records: nobody may add, change or delete them."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class SinglePageMixin(RecordMixin):
    """For an admin that is one page: `changelist_view`, hidden from the index of the admin."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        page = self.admin_site.admin_view(self.changelist_view)
        return [path("", page, name=name)]

    def get_model_perms(self, request):
        # Another page links here.
        return {}
