from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsroom.backup.schedule import NAME

GO_BACK = """{step} failed: {error}

To go back to the release before:
 1. Stop the site, and install that release again.
 2. {empty}
 3. uv run manage.py restore {backup}

Or mend the cause, and run “upgrade --backup ANOTHER_FILE” again: steps that are done do nothing the second time."""
NOTHING_CHANGED = (
    "{step} failed: {error}\n\nNothing was changed: the site runs as before."
)


class Command(BaseCommand):
    help = (
        "After the code of a new release is installed: back up, migrate, collect static "
        "files, ask the doctor, check the settings. Stops at the first step that fails, "
        "and says how to go back."
    )
    # Migrating is a step of it.
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--backup",
            metavar="FILE",
            type=Path,
            help="where to write the backup (default: in BACKUP_DIR, or VAR_DIR/backups)",
        )

    def handle(self, *, backup, **options):
        backup = backup or self._place()
        # The commands below end their lines themselves.
        self.stdout.ending = ""
        steps = [
            ("Backup", "backup", [backup], {}),
            ("Migrating", "migrate", [], {"interactive": False}),
            ("Collecting static files", "collectstatic", [], {"interactive": False}),
            ("The doctor", "doctor", [], {}),
            ("The check of the settings", "check", [], {"deploy": True}),
        ]
        for step, command, arguments, wishes in steps:
            self.stdout.write(self.style.MIGRATE_HEADING(f"{step} …") + "\n")
            try:
                call_command(
                    command,
                    *arguments,
                    stdout=self.stdout,
                    stderr=self.stderr,
                    no_color=options["no_color"],
                    **wishes,
                )
            except Exception as error:
                told = NOTHING_CHANGED if command == "backup" else GO_BACK
                raise CommandError(
                    told.format(
                        step=step, error=error, backup=backup, empty=_how_to_empty()
                    )
                ) from error
        self.stdout.write(
            f"Done. The backup of before is {backup}. Start the site again.\n"
        )

    def _place(self):
        # Another name than that of scheduled backups, which are removed one day.
        folder = settings.BACKUP_DIR or settings.VAR_DIR / "backups"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"{folder} cannot be made: {error.strerror}.") from error
        return folder / timezone.now().astimezone(UTC).strftime(
            f"before-upgrade-{NAME}"
        )


def _how_to_empty():
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return f"Move {database['NAME']} away, with the files beside it that end in -wal and -shm."
    return f"Make an empty database in the place of “{database['NAME']}”."
