import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import nullcontext
from multiprocessing import get_context

import django
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from articles.core.console import CommandReport
from articles.images.library import make_address_secret
from articles.images.renditions import make_missing, unused
from articles.models import Image


class Command(BaseCommand):
    help = (
        "Make every rendition of the library’s pictures that is missing, and remove "
        "those that nothing uses. Can be stopped and run again, also while the site is up."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--jobs",
            type=int,
            default=os.cpu_count() or 1,
            metavar="N",
            help="number of processes that draw at once (default: one for each core)",
        )

    def handle(self, *, jobs, **options):
        if jobs < 1:
            raise CommandError("--jobs must be 1 or more.")
        outcomes = CommandReport(self.stdout, no_color=options["no_color"])
        keys = list(Image.objects.on_site().order_by("pk").values_list("pk", flat=True))
        try:
            for name, made, error in outcomes.each_of(
                _drawn(keys, jobs), total=len(keys), doing="Drawing"
            ):
                _say(outcomes, name, made, error)
            for place in unused():
                default_storage.delete(place)
                outcomes.add(
                    "removed", place, "No picture on the site looks like this."
                )
        except KeyboardInterrupt:
            outcomes.show()
            raise CommandError(
                "Stopped before all were made. What is made stays; run the same command again for the rest.",
                returncode=130,
            ) from None
        outcomes.show()
        if refused := outcomes.of("failed"):
            number = len(refused)
            raise CommandError(
                f"{number} picture{'' if number == 1 else 's'} could not be drawn, as said above. "
                "Look whether the file is there, or put another one in its place."
            )


def _say(outcomes, name, made, error):
    if error:
        outcomes.add("failed", name, error)
    elif made:
        were = "1 rendition was" if made == 1 else f"{made} renditions were"
        outcomes.add("made", name, f"{were} missing.")


def _drawn(keys, jobs):
    """Yield name, number of made renditions and error message for each image."""
    if jobs == 1 or len(keys) < 2:
        yield from map(draw, keys)
        return
    # Spawned, because processes must not share a database connection.
    pool = ProcessPoolExecutor(
        min(jobs, len(keys)), mp_context=get_context("spawn"), initializer=django.setup
    )
    try:
        for done in as_completed([pool.submit(draw, key) for key in keys]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def draw(key):
    """Make the missing renditions of an image; return its name, their number, and any error."""
    image = Image.objects.on_site().filter(pk=key).first()
    if image is None:
        return f"No. {key}", 0, ""
    name = f"No. {key}, “{image}”"
    try:
        if image.former_file == image.file.name or not image.secret:
            make_address_secret(image)
        # --jobs limits how many are drawn at once, independently of the running site.
        return name, make_missing(image, in_turn=nullcontext), ""
    except Exception as error:
        # An image that cannot be drawn does not stop the others.
        return name, 0, f"{type(error).__name__}: {error}"
