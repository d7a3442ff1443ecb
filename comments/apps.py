from django.apps import AppConfig
from django.core import checks


class CommentsConfig(AppConfig):
    name = "comments"

    def ready(self):
        # Models cannot be imported before the apps are ready.
        from comments.security.throttling import check_rate

        checks.register(check_rate)
