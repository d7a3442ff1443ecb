import os

from django.core.management.base import BaseCommand, CommandError

from newsroom.server.serve import refuse_when_not_ready, serve


def host_and_port(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`; an IPv6 host stands in brackets."""
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isdecimal() and 0 < int(port) < 65536):
        raise CommandError(f"--bind takes HOST:PORT, as in 127.0.0.1:8000, not {text}.")
    return host.strip("[]"), int(port)


class Command(BaseCommand):
    help = (
        "Serve the site with the production server, and take care of what has a time."
    )
    # Some checks ask the database, so they run when it is known to answer.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--bind",
            default="127.0.0.1:8000",
            metavar="HOST:PORT",
            help="where to listen (default: %(default)s)",
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=min(4, os.process_cpu_count() or 1),
            metavar="N",
            help="processes that answer requests (default: one per core, at most four)",
        )

    def handle(self, *, bind, workers, **options):
        if workers < 1:
            raise CommandError("--workers takes a number of 1 or more.")
        host, port = host_and_port(bind)
        refuse_when_not_ready()
        self.check()
        serve(host=host, port=port, workers=workers)
