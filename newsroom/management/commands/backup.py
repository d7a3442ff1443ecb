from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from articles.core.console import CommandReport
from newsroom.backup.create import back_up
from newsroom.backup.errors import BackupError

LOST_WITHOUT_KEY = (
    "Without it every private link that was mailed is dead (to one's own comment, to "
    "confirm an address, to stop mails), and authenticator apps have to be added again."
)


class Command(BaseCommand):
    help = (
        "Write the whole site into one file: database, originals of pictures, secret key. "
        "The site may be in use meanwhile. `restore` puts it back."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path, help="the file to write")
        parser.add_argument(
            "--without-secret",
            action="store_true",
            help=f"leave out the secret key. {LOST_WITHOUT_KEY}",
        )

    def handle(self, *, file, without_secret, **options):
        report = CommandReport(self.stdout, no_color=options["no_color"])
        try:
            outcome = back_up(
                file, with_secret=not without_secret, counter=report.counter
            )
        except (BackupError, KeyboardInterrupt) as error:
            report.show()
            stopped = "Stopped; no file was written."
            raise CommandError(str(error) or stopped) from None
        show(outcome, report, kept="kept")
        if without_secret:
            report.add("left out", "secret key", LOST_WITHOUT_KEY)
        report.add("written", str(file), filesizeformat(outcome.size))
        report.show()


def show(outcome, report, *, kept):
    """Report what a backup or a restore did, in the words of both commands."""
    for label, rows in outcome.rows.items():
        if rows:
            report.add(kept, label, f"{rows:,} row{'' if rows == 1 else 's'}")
    size = filesizeformat(outcome.originals_size)
    plural = "" if outcome.originals == 1 else "s"
    report.add(kept, "originals", f"{outcome.originals:,} file{plural}, {size}")
    for name in outcome.missing:
        report.add(
            "missing", name, "The storage did not have it when the backup was made."
        )
    if outcome.has_secret:
        report.add(kept, "secret key", "Links that were mailed go on to work.")
