from django.apps import AppConfig
from django.core import checks


class CommentsConfig(AppConfig):
    name = "comments"

    def ready(self):
        from comments.security.throttling import check_rate

        checks.register(check_rate)
