import os
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from newsroom.demo import load, static_files
from newsroom.server.serve import close_connections, refuse_when_taken

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Make a site with articles, comments and accounts to try everything with, and serve it."

    # Some checks open the database, which creates its file, so they run later.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--port", type=int, default=8000, metavar="N", help="default: %(default)s"
        )
        parser.add_argument(
            "--no-serve", action="store_true", help="make the site, do not serve it"
        )
        parser.add_argument(
            "--reset", action="store_true", help="delete what is there and begin anew"
        )
        parser.add_argument(
            "--no-input",
            action="store_true",
            help="with --reset: delete without asking, also what the demo did not make",
        )

    def handle(self, *, port, no_serve, reset, no_input, **options):
        if not 0 < port < 65536:
            raise CommandError("--port takes a number from 1 to 65535.")
        if not no_serve:
            refuse_when_taken(HOST, port)
        self.check()
        self._prepare_database(reset, no_input)
        self._load()
        self.stdout.write("Collecting the static files …")
        static_files.collect()
        self._show_passwords()
        if no_serve:
            self.stdout.write(
                "The demo is ready. Serve it with: uv run manage.py demo, or serve."
            )
        else:
            self._serve(port)

    def _prepare_database(self, reset, no_input):
        try:
            tables = connection.introspection.table_names()
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        # Whose site it is can be looked up only once its tables are current.
        call_command("migrate", interactive=False, verbosity=0)
        if reset and tables:
            self._reset(no_input)
        elif load.is_somebodys_site():
            raise CommandError(
                "This database holds a site that is no demo, and stays as it is. "
                "Set VAR_DIR or DATABASE_URL to another place for the demo."
            )

    def _reset(self, no_input):
        others = load.other_articles().count()
        if (others or load.is_somebodys_site()) and not no_input:
            self._ask(others)
        self.stdout.write("Deleting what was there …")
        load.delete_pictures()
        load.empty_the_database()
        call_command("migrate", interactive=False, verbosity=0)

    def _ask(self, others):
        what = f"{others} articles that the demo did not make, and every account"
        if not sys.stdin.isatty():
            raise CommandError(
                f"--reset would delete {what}. Add --no-input if that is what you want."
            )
        if input(f"Delete {what}? Type yes: ") != "yes":
            raise CommandError("Nothing was deleted.")

    def _load(self):
        self.stdout.write("Loading articles and comments …")
        made = load.load(report=lambda title: self.stdout.write(f"  {title}"))
        if not made:
            self.stdout.write("  They are there already, and stay as they are.")

    def _show_passwords(self):
        passwords = load.give_passwords()
        self.stdout.write("\nAccounts for /admin/:")
        for name in load.ACCOUNTS:
            password = passwords.get(name, "(the password it has)")
            self.stdout.write(f"  {name:10} {password}")
        if len(passwords) < len(load.ACCOUNTS):
            self.stdout.write(
                "  A forgotten one is changed with: uv run manage.py changepassword NAME"
            )
        self.stdout.write("")

    def _serve(self, port):
        """Replace this process by `serve`; sets the address in the environment unless it is set."""
        # By name: an IP address cannot have passkeys.
        address = f"http://localhost:{port}"
        environment = {"SITE_URL": address} | os.environ
        self.stdout.write(f"Newsroom is at {address}/ – stop it with Ctrl+C.\n")
        self.stdout.flush()
        close_connections()
        manage = os.fspath(settings.BASE_DIR / "manage.py")
        command = [sys.executable, manage, "serve", f"--bind={HOST}:{port}"]
        os.execve(sys.executable, command, environment)  # noqa: S606
