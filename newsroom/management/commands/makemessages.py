from pathlib import Path

from django.conf import settings
from django.core.management.commands import makemessages
from django.utils.translation import to_locale

from newsroom.languages.shipped import SHIPPED

IGNORED = ["tests/*", "docs/*", "var/*", "newsroom/demo/*", "*/migrations/*"]


class Command(makemessages.Command):
    """
    Django's command with the options of this project: one catalog for all apps, all languages.

    Entries are sorted by their place in the source, without line numbers, so that a change of code
    changes no catalog. A changed text never takes over the translation of a similar one: a wrong
    translation is worse than a missing one, which tests find. Both domains in one call.
    """

    help = "Collects the texts of the interface into newsroom/locale/."
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args, **options):
        if not options["locale"] and not options["all"]:
            options["locale"] = [to_locale(code) for code in SHIPPED if code != "en"]
        options["ignore_patterns"] = [*options["ignore_patterns"], *IGNORED]
        options["add_location"] = "file"
        options["no_obsolete"] = True
        options["no_wrap"] = True
        Path(settings.LOCALE_PATHS[0]).mkdir(exist_ok=True)
        for domain in ["django", "djangojs"]:
            super().handle(*args, **{**options, "domain": domain})
