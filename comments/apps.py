from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    name = "comments"
    verbose_name = _("Comments")

    def ready(self):
        # Models cannot be imported before the apps are ready.
        from comments.security.throttling import check_rate

        checks.register(check_rate)
