from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from newsroom.accounts import factors


class Command(BaseCommand):
    help = (
        "Remove the passkeys, authenticator app, recovery codes and sessions of an account "
        "whose owner is locked out. The password stays; the owner gets a mail."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="NAME", help="the name of the account")
        parser.add_argument(
            "--reason",
            default="Its owner was locked out.",
            help="for the security log and the owner's mail; default: %(default)s",
        )

    def handle(self, *, name, reason, **options):
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no account “{name}”.")
        removed = factors.reset(user, by="the command line", reason=reason)
        if removed:
            self.stdout.write(f"{name} signs in with the password alone now.")
        else:
            self.stdout.write(
                f"{name} had no second factor; every session of the account has ended."
            )
