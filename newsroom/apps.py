from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self):
        # Models cannot be imported before the apps are ready.
        from newsroom import checks, pages, roles  # noqa: F401 (checks registers itself)
        from newsroom.accounts import receivers
        from newsroom.accounts.sessions import note_sign_in

        # Django's signal: permissions and the site's row exist only after it has created them.
        post_migrate.connect(roles.make_missing_roles)
        post_migrate.connect(pages.make_missing_pages)
        # Covers every way of signing out: the button, and a session replaced by another one.
        user_logged_out.connect(receivers.record_sign_out)
        user_logged_in.connect(note_sign_in)
