from difflib import ndiff

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from newsroom.database_schema import describe

SCHEMAS = settings.BASE_DIR / "newsroom" / "schemas"


class Command(BaseCommand):
    help = (
        "Compare the schema of the database with that of a release, before its "
        "migrations are marked as applied with `migrate --fake`. Changes nothing."
    )
    # The migrations of the database are not those of the code: that is the point.
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--release",
            default="0.1.0",
            choices=sorted(
                {path.name.rpartition("-")[0] for path in SCHEMAS.iterdir()}
            ),
            help="default: %(default)s",
        )

    def handle(self, *, release, **options):
        path = SCHEMAS / f"{release}-{connection.vendor}.txt"
        expected, found = path.read_text().splitlines(), describe(connection)
        differing = [
            line for line in ndiff(expected, found) if line.startswith(("+ ", "- "))
        ]
        for line in differing:
            self.stdout.write(line)
        if differing:
            raise CommandError(
                f"{len(differing)} lines differ from the schema of {release}: “-” is "
                "missing in this database, “+” is more than that. Do not fake migrations."
            )
        self.stdout.write(f"The schema of this database is that of {release}.")
