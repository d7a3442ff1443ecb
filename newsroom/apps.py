from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_migrate


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self):
        # Models cannot be imported before the apps are ready.
        from newsroom import pages, roles
        from newsroom.accounts import receivers
        from newsroom.accounts.sessions import note_sign_in

        # Django's own signal: permission rows and the site's row exist only after it made them.
        post_migrate.connect(roles.make_missing_roles)
        post_migrate.connect(pages.make_missing_pages)
        # However somebody signs out: by the button, or because another session took its place.
        user_logged_out.connect(receivers.record_sign_out)
        user_logged_in.connect(note_sign_in)
