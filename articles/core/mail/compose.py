"""Composing mails of this site."""

from collections.abc import Mapping
from email.headerregistry import AddressHeader
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from articles.core.mail.headers import Sender, Subject
from articles.core.mail.html_part import Link, html_part
from articles.core.site_address import wire_name


def compose(
    subject: str,
    body: str,
    *,
    to: str,
    links: Mapping[str, Link] | None = None,
    headers: Mapping[str, str] | None = None,
) -> EmailMultiAlternatives:
    """
    A mail to one address, as plain text and as HTML.

    `body` is plain text; `links` has a Link for each address in it that becomes a button,
    by default for each address of this site that stands alone in a line. The mail says that
    a machine wrote it, so that no machine on holiday answers (RFC 3834).
    """
    subject = Subject(subject)
    sender = site_sender()
    message = EmailMultiAlternatives(
        subject=subject,
        body=body,
        from_email=sender,
        to=[to],
        headers={
            "Message-ID": make_msgid(domain=wire_host()),
            "Auto-Submitted": "auto-generated",
        }
        | dict(headers or {})
        | {"From": sender},
    )
    links = links_to_site(body) if links is None else links
    html = html_part(body, title=subject, links=links)
    message.attach_alternative(html, "text/html")
    return message


def links_to_site(body: str) -> dict[str, Link]:
    """A Link for each line of the text that is an address of this site."""
    return {
        line: Link(_("Open the page"))
        for line in body.split("\n")
        if line.startswith(f"{settings.SITE_URL}/") and len(line.split()) == 1
    }


def wire_host() -> str:
    """The host of the site as mails and the DNS write it, in ASCII."""
    return wire_name(urlsplit(settings.SITE_URL).hostname or "")


def site_sender() -> Sender:
    """DEFAULT_FROM_EMAIL; where that has no name, with the name of the site."""
    parsed = AddressHeader.value_parser(settings.DEFAULT_FROM_EMAIL)
    [mailbox] = parsed.all_mailboxes
    local, _, domain = mailbox.addr_spec.rpartition("@")
    address = f"{local}@{punycode(domain)}" if local else mailbox.addr_spec
    return Sender(mailbox.display_name or settings.SITE_NAME, address)
