from django.core.management.base import BaseCommand, CommandError

from articles.core.console import CommandReport
from comments.mail.outbox import CouldNotSend, send
from comments.models import PendingMail
from newsroom.accounts import account_mail
from newsroom.models import StaffMail


class Command(BaseCommand):
    help = (
        "Send every mail to readers and staff that is still to be sent, also what was to wait for "
        "its next try. What fails is kept and tried again; run it as often as you like."
    )

    def handle(self, *, no_color, **options):
        outcomes = CommandReport(self.stdout, no_color=no_color)
        mails = [*PendingMail.objects.unclaimed(), *StaffMail.objects.unclaimed()]
        try:
            for mail in outcomes.each(mails, doing="Sending"):
                # The address of the mail must not be printed.
                name, what = f"mail {mail.pk}", mail.get_kind_display()
                try:
                    outcomes.add(_send(mail), name, what)
                except CouldNotSend as failure:
                    outcomes.add("failed", name, f"{what}: {failure}")
                    if failure.is_for_all:
                        break
        except KeyboardInterrupt:
            outcomes.show()
            raise CommandError(
                "Stopped. Every mail that was not sent is kept; run the same command again.",
                returncode=130,
            ) from None
        outcomes.show()
        _complain(len(outcomes.of("failed")), len(mails) - len(outcomes.all))


def _send(mail):
    return (
        account_mail.send_account_mail(mail)
        if isinstance(mail, StaffMail)
        else send(mail)
    )


def _complain(failed, untried):
    if not failed:
        return
    sentences = [f"{failed} could not be sent, for the reasons above."]
    if untried:
        sentences.append(f"{untried} were not tried: the mail server is not there.")
    sentences.append("Every mail that was not sent is kept and tried again.")
    raise CommandError(" ".join(sentences))
