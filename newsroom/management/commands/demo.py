import os
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from newsroom.demo import load, static_files
from newsroom.demo.progress import DemoProgress, log_kept_in
from newsroom.demo.stories import STORIES
from newsroom.server.serve import (
    close_connections,
    missing_migrations,
    refuse_when_taken,
)

HOST = "127.0.0.1"
LOG = settings.VAR_DIR / "demo.log"


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
        missing_migrations()
        self.check()
        progress = DemoProgress(self.stdout)
        with log_kept_in(LOG):
            self._make(progress, reset, no_input)
        self._say_where_mails_go()
        self._show_passwords()
        if no_serve:
            self._say(
                "The demo is ready. Serve it with: uv run manage.py demo, or serve."
            )
        else:
            self._serve(port, on_terminal=progress.on_terminal)

    def _make(self, progress, reset, no_input):
        tables = connection.introspection.table_names()
        # Whose site it is can be looked up only once its tables are current.
        with progress:
            progress.begin("Preparing the database")
            call_command("migrate", interactive=False, verbosity=0)
        if reset and tables:
            self._reset(progress, no_input)
        elif load.is_somebodys_site():
            raise CommandError(
                "This database holds a site that is no demo, and stays as it is. "
                "Set VAR_DIR or DATABASE_URL to another place for the demo."
            )
        with progress:
            progress.begin("Loading articles and comments", total=len(STORIES))
            made = load.load(report=progress.item)
            progress.begin("Collecting the static files")
            static_files.collect()
        self._say(
            f"{made} articles with their comments are ready."
            if made
            else "Articles and comments are there already, and stay as they are."
        )

    def _reset(self, progress, no_input):
        others = load.other_articles().count()
        if (others or load.is_somebodys_site()) and not no_input:
            self._ask(others)
        with progress:
            progress.begin("Deleting what was there")
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

    def _say_where_mails_go(self):
        folder = settings.MAILERS["default"].get("OPTIONS", {}).get("file_path")
        if folder:
            self._say(f"Mails are files in {folder}/.")
        else:
            self._say("Mails are sent as MAIL_URL says.")

    def _show_passwords(self):
        passwords = load.give_passwords()
        self._say("\nAccounts for /admin/:")
        for name in load.ACCOUNTS:
            password = passwords.get(name, "(the password it has)")
            self._say(f"  {name:10} {password}")
        if len(passwords) < len(load.ACCOUNTS):
            self._say(
                "  A forgotten one is changed with: uv run manage.py changepassword NAME"
            )
        self._say("")

    def _serve(self, port, *, on_terminal):
        """Replace this process by `serve`; sets the address in the environment unless it is set."""
        # By name: an IP address cannot have passkeys.
        address = f"http://localhost:{port}"
        environment = {"SITE_URL": address} | os.environ
        if on_terminal:
            self._say(f"What the server logs is in {LOG}.")
        self._say(f"Newsroom is at {address}/ – stop it with Ctrl+C.")
        close_connections()
        if on_terminal:
            # `serve` logs to standard output. Its complaints stay on the terminal.
            with LOG.open("a") as log:
                os.dup2(log.fileno(), sys.stdout.fileno())
        manage = os.fspath(settings.BASE_DIR / "manage.py")
        command = [sys.executable, manage, "serve", f"--bind={HOST}:{port}"]
        os.execve(sys.executable, command, environment)  # noqa: S606

    def _say(self, sentence):
        self.stdout.write(f"{sentence}\n")
        self.stdout.flush()
