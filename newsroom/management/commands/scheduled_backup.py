import logging
import os
import sys

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from articles.core.console import CommandReport
from newsroom.backup.errors import BackupError
from newsroom.backup.schedule import make_scheduled_backup
from newsroom.management.commands.backup import show

logger = logging.getLogger(__name__)

# Other processes of the machine go first.
NICENESS = 10


class Command(BaseCommand):
    help = (
        "Make a backup in BACKUP_DIR now, and remove those that are not kept any longer "
        "(7 daily, 4 weekly, 12 monthly). `tick` does it once a day."
    )

    def add_arguments(self, parser):
        # The descriptor of the lock, from the process that started this one.
        parser.add_argument("--lock", type=int, help="only for `tick`")

    def handle(self, *, lock, **options):
        if lock is not None:
            return self._for_tick()
        report = CommandReport(self.stdout, no_color=options["no_color"])
        try:
            path, outcome, removed = make_scheduled_backup(counter=report.counter)
        except BackupError as error:
            report.show()
            raise CommandError(str(error)) from error
        show(outcome, report, kept="kept")
        for old in removed:
            report.add("removed", old.name, "It is not kept any longer.")
        report.add("written", str(path), filesizeformat(outcome.size))
        report.show()
        return None

    def _for_tick(self):
        """Write what happened into the log instead, as the server does."""
        os.nice(NICENESS)
        try:
            path, outcome, removed = make_scheduled_backup(has_lock=True)
        except Exception:
            logger.exception(
                "The scheduled backup failed; it is tried again in an hour."
            )
            sys.exit(1)
        logger.info(
            "The backup %s was written (%d bytes); %d older ones were removed.",
            path,
            outcome.size,
            len(removed),
        )
