import hashlib
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import BaseCommand, CommandError

from articles.core.console import CommandReport
from articles.images.renditions import folders_in, names_in, write_file
from articles.models.image import ORIGINALS, RENDITIONS, WITHHELD


class Command(BaseCommand):
    help = (
        "Copy every picture between a folder and the storage that the site uses now, and "
        "read each again to see that it is the same. Nothing is deleted. Can be stopped "
        "and run again: what is there and the same is not copied twice."
    )

    def add_arguments(self, parser):
        way = parser.add_mutually_exclusive_group(required=True)
        way.add_argument(
            "--from",
            dest="source",
            metavar="DIR",
            help="from this folder into the storage, as when a site moves to a store",
        )
        way.add_argument(
            "--to",
            dest="target",
            metavar="DIR",
            help="from the storage into this folder, as when it moves back",
        )

    def handle(self, *, source, target, **options):
        if source and not Path(source).is_dir():
            raise CommandError(f"There is no folder {source}.")
        folder = FileSystemStorage(location=source or target)
        here, there = (folder, default_storage) if source else (default_storage, folder)
        outcomes = CommandReport(self.stdout, no_color=options["no_color"])
        places = list(_places(here))
        try:
            for place in outcomes.each(places, doing="Copying"):
                _copy(place, here, there, outcomes)
        except KeyboardInterrupt:
            outcomes.show()
            raise CommandError(
                "Stopped before all were copied. Run the same command again for the rest.",
                returncode=130,
            ) from None
        outcomes.show()
        if wrong := outcomes.of("failed"):
            raise CommandError(
                f"{len(wrong):,} of {len(places):,} files are not there as they should be, as said above. Run it again."
            )


def _places(storage):
    for top in [ORIGINALS, WITHHELD, RENDITIONS]:
        for folder in folders_in(top, storage=storage):
            for name in names_in(f"{top}/{folder}", storage=storage):
                if not name.startswith("."):
                    yield f"{top}/{folder}/{name}"


def _copy(place, here, there, outcomes):
    try:
        with here.open(place) as file:
            content = file.read()
        if _is_there(place, content, there):
            outcomes.add("same", place, "It was there already.")
            return
        write_file(place, content, storage=there)
        if not _is_there(place, content, there):
            outcomes.add("failed", place, "What was written reads otherwise.")
            return
    except Exception as error:
        # A file that cannot be copied does not stop the others.
        outcomes.add("failed", place, f"{type(error).__name__}: {error}")
    else:
        outcomes.add("copied", place, f"{len(content):,} bytes")


def _is_there(place, content, storage):
    if not storage.exists(place) or storage.size(place) != len(content):
        return False
    with storage.open(place) as file:
        found = hashlib.file_digest(file, "sha256").digest()
    return found == hashlib.sha256(content).digest()
