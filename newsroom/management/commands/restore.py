from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from articles.core.console import CommandReport
from newsroom.backup.errors import BackupError
from newsroom.backup.restore import restore
from newsroom.management.commands.backup import LOST_WITHOUT_KEY, show

# All rows come in one transaction, after everything else that the backup holds.
AGAIN = (
    "Run the same command again. If it says that the database is not empty, all rows had "
    "come: run “migrate” and “doctor” instead."
)


class Command(BaseCommand):
    help = (
        "Put a backup into the empty database of this site, whichever kind it is, with its "
        "pictures and its secret key; migrate it to this version, and ask the doctor."
    )
    # The database may have no tables yet.
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path, help="made by `backup`")

    def handle(self, *, file, **options):
        report = CommandReport(self.stdout, no_color=options["no_color"])
        try:
            outcome = restore(file, counter=report.counter)
        except BackupError as error:
            report.show()
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            report.show()
            raise CommandError(f"Stopped. {AGAIN}", returncode=130) from None
        show(outcome, report, kept="restored")
        if not outcome.has_secret:
            report.add(
                "left out", "secret key", f"The backup has none. {LOST_WITHOUT_KEY}"
            )
        for remark in outcome.remarks:
            report.add("to do", "secret key", remark)
        report.show()
        call_command("doctor", stdout=self.stdout, no_color=options["no_color"])
