"""What the mails to readers say: one function for each kind, from its row to the mail."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from comments.tokens import confirm_address, data_address, stop_address


def confirmation(mail):
    """
    Asks whether we may write to the address; None when its owner has said something meanwhile.

    Whoever typed the address may not be its owner, so nothing else that they
    typed stands in it.
    """
    mailbox = mail.mailbox
    if mailbox.is_confirmed or mailbox.is_stopped:
        return None
    return _letter(
        mailbox,
        f"Shall we tell you of replies on {settings.SITE_NAME}?",
        "comments/confirm.txt",
        {"address": settings.SITE_URL + confirm_address(mailbox)},
    )


def news_of_a_reply(mail):
    """Tells of a reply; None when it is not to be read, or not wanted, any more."""
    return


def way_to_the_data(mail):
    """Leads to everything that was written with the address; None when its owner wants no mail at all."""
    mailbox = mail.mailbox
    if mailbox.is_stopped:
        return None
    stop = settings.SITE_URL + stop_address(mailbox)
    return _letter(
        mailbox,
        f"What you wrote on {settings.SITE_NAME}",
        "comments/data.txt",
        {"address": settings.SITE_URL + data_address(mailbox), "stop": stop},
        stop=stop,
    )


def _letter(mailbox, subject, template, context, *, stop=None, **headers):
    context |= {
        "site_name": settings.SITE_NAME,
        "site": urlsplit(settings.SITE_URL).netloc,
    }
    # So that no machine on holiday answers.
    headers["Auto-Submitted"] = "auto-generated"
    if stop:
        # RFC 8058: the button of the mail program sends a POST there.
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(
        subject=subject,
        body=render_to_string(template, context),
        to=[mailbox.address],
        headers=headers,
    )
