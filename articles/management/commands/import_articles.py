from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from articles.core.console import CommandReport
from articles.importers import IMPORT_FORMATS
from articles.importers.records import ImportRefused
from articles.importers.saving import AlreadyHere, Wishes, check, save_imported
from articles.models import Article, Person, Tag

STATUSES = (Article.Status.DRAFT.value, Article.Status.PUBLISHED.value)


class Command(BaseCommand):
    help = (
        "Move articles in from a file, or from every file of a folder. What was moved in "
        "before is skipped: a second run doubles nothing, an interrupted one can be run again."
    )

    def add_arguments(self, parser):
        # No `choices`, because argparse would exit with a code of its own.
        parser.add_argument(
            "path", type=Path, metavar="PATH", help="A file or a folder of files."
        )
        parser.add_argument(
            "--format",
            metavar="|".join(IMPORT_FORMATS),
            help="The format of PATH; found out when not named.",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Say what would be made, and make nothing.",
        )
        parser.add_argument(
            "--status",
            default=Article.Status.DRAFT.value,
            metavar="|".join(STATUSES),
            help="What the articles become (default: %(default)s).",
        )
        parser.add_argument(
            "--published-at",
            metavar="ISO",
            help="When they were or will be published, as in 2026-05-01T09:30; in the "
            "site's time zone when it names none.",
        )
        parser.add_argument(
            "--tags", default="", metavar='"a, b"', help="Found, or made."
        )
        parser.add_argument(
            "--byline",
            default="",
            metavar='"Name, Name"',
            help="Who signed, in this order: people found by their names, or made.",
        )

    def handle(self, *, path, dry_run, **options):
        wishes = _wishes(options)
        files, others = _files(path, options["format"])
        put = _DryRun() if dry_run else _Import(wishes)
        outcomes = CommandReport(self.stdout, no_color=options["no_color"])
        for other in others:
            outcomes.add("skipped", str(other), "not a file of a format known here.")
        try:
            for file, importer in outcomes.each(files, doing="Moving in"):
                for what, detail in _move_in(file, importer, put):
                    outcomes.add(what, str(file), detail)
        except KeyboardInterrupt:
            outcomes.show()
            raise CommandError(
                "Stopped. Every article that was made is whole; run the same command "
                "again for the rest.",
                returncode=130,
            ) from None
        outcomes.show()
        _complain(outcomes.of("refused"))


class _Import:
    """Makes the articles."""

    made = "made"

    def __init__(self, wishes):
        self.wishes = wishes

    def __call__(self, imported):
        article = save_imported(imported, self.wishes)
        return f"{article.get_absolute_url()} ({article.status_in_words.lower()})"


class _DryRun:
    """Makes nothing, but reports what an import would report."""

    made = "would be made"

    def __init__(self):
        self.seen = set()

    def __call__(self, imported):
        check(imported)
        if imported.source in self.seen:
            raise AlreadyHere("the same article as one before it.")
        self.seen.add(imported.source)
        return f"“{imported.title}”"


def _move_in(file, importer, put):
    """Yield the outcome and the detail for each article in the file."""
    try:
        for imported in importer.read(file):
            yield _put(imported, put)
    except ImportRefused as error:
        yield "refused", str(error)


def _put(imported, put):
    try:
        return put.made, put(imported) + _left_out(imported.left_out)
    except AlreadyHere as error:
        return "skipped", str(error)
    except ImportRefused as error:
        return "refused", str(error)
    except DatabaseError as error:
        return "refused", f"the database does not take it: {error}"


def _left_out(lines):
    if not lines:
        return ""
    return "; left out: " + ", ".join(f"“{line}”" for line in lines)


def _complain(refused):
    if len(refused) == 1:
        raise CommandError(f"{refused[0].name} was refused: {refused[0].detail}")
    if refused:
        raise CommandError(f"{len(refused)} were refused, for the reasons above.")


# What was asked for


def _files(path, format):
    """Pairs of a file to import and its importer, and the other files of the folder."""
    if format is not None and format not in IMPORT_FORMATS:
        raise CommandError(
            f"--format {format} is not known. There is: {', '.join(IMPORT_FORMATS)}."
        )
    if path.is_dir():
        return _files_in(path, [format] if format else list(IMPORT_FORMATS))
    if not path.exists():
        raise CommandError(f"There is no file or folder {path}.")
    if not path.is_file():
        raise CommandError(f"{path} is neither a file nor a folder.")
    importer = IMPORT_FORMATS.get(format) or _importer_of(path, IMPORT_FORMATS)
    if importer is None and not path.suffix:
        importer = IMPORT_FORMATS["text"]
    if importer is None:
        raise CommandError(
            f"The name {path.name} does not tell its format. "
            f"Say it with --format: {', '.join(IMPORT_FORMATS)}."
        )
    return [(path, importer)], []


def _files_in(folder, formats):
    try:
        found = [
            (path, _importer_of(path, formats)) for path in sorted(folder.iterdir())
        ]
    except OSError as error:
        raise CommandError(f"{folder} cannot be read: {error.strerror}.") from error
    files = [(path, importer) for path, importer in found if importer]
    if not files:
        raise CommandError(
            f"{folder} holds no file of a format known here: {', '.join(formats)}."
        )
    return files, [path for path, importer in found if not importer]


def _importer_of(path, formats):
    if not path.is_file():
        return None
    suffix = path.suffix.lower()
    return next(
        (
            IMPORT_FORMATS[name]
            for name in formats
            if suffix in IMPORT_FORMATS[name].SUFFIXES
        ),
        None,
    )


def _wishes(options):
    if options["status"] not in STATUSES:
        raise CommandError(
            f"--status {options['status']} is not possible. It is {' or '.join(STATUSES)}."
        )
    if options["published_at"] and options["status"] != Article.Status.PUBLISHED:
        raise CommandError(
            "A draft has no date of publication. Say --status published beside --published-at."
        )
    return Wishes(
        status=options["status"],
        published_at=options["published_at"] and _time(options["published_at"]),
        tags=_names(options["tags"], "--tags", Tag),
        byline=_names(options["byline"], "--byline", Person),
    )


def _time(text):
    try:
        time = datetime.fromisoformat(text)
        if timezone.is_naive(time):
            time = timezone.make_aware(time)
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise CommandError(
            f"--published-at {text} is no date and time. Write it as 2026-05-01T09:30."
        ) from None


def _names(text, option, model):
    """The names between the commas, each once."""
    names = tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))
    longest = model._meta.get_field("name").max_length
    for name in names:
        if len(name) > longest:
            raise CommandError(
                f"{option}: “{name[:40]}…” has {len(name)} characters, and at most {longest} are taken."
            )
    return names
