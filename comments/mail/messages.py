"""The mails to readers: one function for each kind turns a PendingMail into an EmailMessage."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from articles.core.mail.compose import compose, wire_host
from articles.core.mail.html_part import Link
from articles.core.site_address import readable_name
from comments.security.tokens import confirm_address, data_address, stop_address
from comments.text.html import kept_line
from comments.text.plain_text import inert_line, inert_text

# In characters: how much of a reply is in the mail.
EXCERPT = 600


def confirmation(mail):
    """
    The mail that asks the owner of the address whether they wrote the comment.

    None if they have answered in the meantime. Somebody else may have typed the address, so
    the mail contains nothing else that was typed.
    """
    mailbox, comment = mail.mailbox, mail.comment
    if comment is None:
        is_wanted = not mailbox.is_confirmed
    else:
        is_wanted = comment.asks_about(mailbox)
    if mailbox.is_stopped or not is_wanted:
        return None
    article = comment and comment.article
    return _letter(
        mailbox,
        _("Did you write a comment on %(site)s?") % {"site": settings.SITE_NAME},
        "comments/confirm.txt",
        {
            "address": _in_full(confirm_address(mailbox, comment)),
            "button": _("See the comment"),
            "title": kept_line(article.title) if article and article.is_visible else "",
            "wants_news": comment is None or comment.notify,
        },
        stop=_in_full(stop_address(mailbox)),
    )


def news_of_a_reply(mail):
    """The mail about a reply; None if it is not shown any more or the mail is not wanted."""
    mailbox, comment, reply = mail.mailbox, mail.comment, mail.reply
    if not (_is_wanted(mailbox, comment) and reply.is_shown):
        return None
    title = kept_line(reply.article.title)
    conversation = f"<conversation.{reply.root_id}@{wire_host()}>"
    return _letter(
        mailbox,
        _("Reply on “%(title)s”") % {"title": title},
        "comments/reply.txt",
        {
            "name": inert_line(reply.name),
            "is_staff": reply.by_id is not None,
            "is_quote": reply.parent_id != comment.pk,
            "title": title,
            "lines": inert_text(reply.body, longest=EXCERPT).split("\n"),
            "address": _in_full(reply.get_absolute_url()),
            "button": _("Read the reply"),
        },
        stop=_in_full(stop_address(mailbox, comment)),
        # The same for each try, so that a mail program can recognise a duplicate.
        **{
            "Message-ID": f"<reply.{reply.pk}.{comment.pk}@{wire_host()}>",
            "In-Reply-To": conversation,
            "References": conversation,
        },
    )


def way_to_the_data(mail):
    """The mail with the link to everything written with the address; None after a stop."""
    mailbox = mail.mailbox
    if mailbox.is_stopped:
        return None
    return _letter(
        mailbox,
        _("What you wrote on %(site)s") % {"site": settings.SITE_NAME},
        "comments/data.txt",
        {"address": _in_full(data_address(mailbox)), "button": _("See what you wrote")},
        stop=_in_full(stop_address(mailbox)),
    )


class _UnsubscribeHeader(str):
    """
    A header that stays on one line, however long its address is.

    Python encodes a value that does not fit into a line of 78 characters, and mail programs
    do not find an address in that. It leaves a value with a `fold` of its own alone.
    """

    name = "List-Unsubscribe"

    def fold(self, *, policy):
        return f"{self.name}: {self}{policy.linesep}"


def _letter(mailbox, subject, template, context, *, stop=None, **headers):
    links = {context["address"]: Link(context["button"])}
    if stop:
        links[stop] = Link(_("Unsubscribe"), is_quiet=True)
        # RFC 8058: the unsubscribe button of a mail program sends a POST there.
        headers["List-Unsubscribe"] = _UnsubscribeHeader(f"<{stop}>")
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    context |= {
        "stop": stop,
        "site_name": settings.SITE_NAME,
        "site": readable_name(settings.SITE_URL),
    }
    return compose(
        subject,
        render_to_string(template, context),
        to=mailbox.address,
        links=links,
        headers=headers,
    )


def _is_wanted(mailbox, comment):
    return (
        mailbox.is_confirmed
        and not mailbox.is_stopped
        and comment.is_approved
        and comment.wants_news
        and comment.mailbox_id == mailbox.pk
    )


def _in_full(path):
    return settings.SITE_URL + path
