from django.core.management.base import BaseCommand, CommandError

from articles.core.console import CommandReport
from articles.doctor import ARTICLE_CHECKS
from comments.doctor import COMMENT_CHECKS
from newsroom.doctor import DATABASE_CHECKS

CHECKS = [*DATABASE_CHECKS, *COMMENT_CHECKS, *ARTICLE_CHECKS]


class Command(BaseCommand):
    help = (
        "Find what should not be, such as counts that are wrong. Changes nothing "
        "without --repair; can be run while the site is up, stopped and run again."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--repair", action="store_true", help="Put right what a machine can."
        )

    def handle(self, *, repair, **options):
        outcomes = CommandReport(self.stdout, no_color=options["no_color"])
        try:
            for check in outcomes.each(CHECKS, doing="Looking"):
                _look(check, outcomes, repair=repair)
        except KeyboardInterrupt:
            outcomes.show()
            raise CommandError(
                "Stopped before everything was looked at. What was mended stays so; "
                "run the same command again for the rest.",
                returncode=130,
            ) from None
        outcomes.show()
        _complain(outcomes.of("wrong"), repair=repair)


def _look(check, outcomes, *, repair):
    is_right = True
    for finding in check.find():
        is_right = False
        what = "wrong"
        if repair and finding.mend:
            finding.mend()
            what = "mended"
        outcomes.add(what, f"{check.title}: {finding.name}", finding.sentence)
    if is_right:
        outcomes.add("right", check.title, "Nothing is wrong.")


def _complain(wrong, *, repair):
    if not wrong:
        return
    things = "1 thing is" if len(wrong) == 1 else f"{len(wrong):,} things are"
    way_on = (
        "A machine cannot mend what is left: somebody has to look at it."
        if repair
        else "Run it with --repair to mend what a machine can."
    )
    raise CommandError(f"{things} wrong, as said above. {way_on}")
