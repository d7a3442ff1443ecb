"""
Mails to account holders: new passwords, notices about their account, mails of the desk.

Each mail is a row, stored in the transaction that causes it, and sent by the next `tick`, never
inside the request. So the time of an answer reveals nothing about a mail, and a mail server that
is down loses none.
"""

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from articles.core.mail.compose import compose
from articles.core.mail.html_part import Link
from articles.core.site_address import readable_name
from comments.mail.outbox import deliver, send_queue
from newsroom.models import StaffMail


def ask_for_reset(address):
    """
    Store a request for a new password: one row, whether or not an account has the address.

    The account is looked up when the mail is sent.
    """
    StaffMail.objects.create(kind=StaffMail.Kind.RESET_ASKED, address=address)


def notify(event, *, former_address=""):
    """
    Mail what happened to the account that the event concerns; nothing where that has no address.

    To `former_address` instead, where that was the account's until the event.
    """
    if event.user is not None and (former_address or event.user.email):
        StaffMail.objects.create(
            kind=StaffMail.Kind.NOTICE,
            user=event.user,
            event=event,
            address=former_address,
        )


def write(user, *, subject, body):
    """Queue a mail of the desk to an account holder, in the transaction that causes it."""
    StaffMail.objects.create(
        kind=StaffMail.Kind.DESK, user=user, subject=subject, body=body
    )


def send_due_account_mail():
    """Send the mails to account holders that are due; return whether the mail server works."""
    return send_queue(StaffMail.objects.due(), send_account_mail)


def send_account_mail(mail):
    """Send one mail; see comments.mail.outbox.deliver for what it returns and raises."""
    return deliver(mail, lambda: _LETTERS[mail.kind](mail))


def _answer_request(mail):
    """Queue a mail for each account with the address. The request itself is not mailed."""
    StaffMail.objects.bulk_create(
        StaffMail(kind=StaffMail.Kind.PASSWORD_RESET, user=user)
        for user in PasswordResetForm().get_users(mail.address)
    )


def _way_to_new_password(mail):
    # The token is made here, so that the database never holds it. The address in a mail is
    # from the settings, never from a request.
    user = mail.user
    return _letter(
        user,
        _("A new password for %(site)s") % {"site": settings.SITE_NAME},
        "registration/password_reset_email.txt",
        {
            "address": settings.SITE_URL
            + reverse(
                "password_reset_confirm",
                kwargs={
                    "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
                    "token": default_token_generator.make_token(user),
                },
            ),
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        },
    )


def _notice(mail):
    event = mail.event
    return _letter(
        mail.user,
        _("%(event)s: your account at %(site)s")
        % {"event": event.get_kind_display(), "site": settings.SITE_NAME},
        "registration/notice.txt",
        {
            "event": event,
            "at": timezone.localtime(event.at),
            "address": settings.SITE_URL + reverse("admin_password_reset"),
        },
        address=mail.address,
    )


def _mail_of_desk(mail):
    """The mail as it was written; None if the account has no address any more."""
    if not mail.user.email:
        return None
    return compose(mail.subject, mail.body, to=mail.user.email)


_LETTERS = {
    StaffMail.Kind.RESET_ASKED: _answer_request,
    StaffMail.Kind.PASSWORD_RESET: _way_to_new_password,
    StaffMail.Kind.NOTICE: _notice,
    StaffMail.Kind.DESK: _mail_of_desk,
}


def _letter(user, subject, template, context, *, address=""):
    context |= {
        "site_name": settings.SITE_NAME,
        "site": readable_name(settings.SITE_URL),
        "user": user,
    }
    return compose(
        subject,
        render_to_string(template, context),
        to=address or user.email,
        links={context["address"]: Link(_("Choose a new password"))},
    )
