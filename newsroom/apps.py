from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self):
        from newsroom import pages, roles

        # Django's own signal: permission rows and the site's row exist only after it made them.
        post_migrate.connect(roles.make_missing_roles)
        post_migrate.connect(pages.make_missing_pages)
