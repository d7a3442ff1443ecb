"""Mails about replies, written once, when the reply is first shown."""

from django.db import transaction
from django.db.models import Q
from django.tasks import task

from comments.mail import throttling
from comments.mail.outbox import write
from comments.models import Comment, Mailbox, PendingMail
from comments.text.quotes import quotes_in, said_in

# The most replies that are announced in one run; the next tick announces the rest.
REPLIES_AT_ONCE = 100
# The most comments of a conversation that are searched for what a reply quotes.
COMMENTS_LOOKED_THROUGH = 200


@task
def announcing(pk):
    """Task: announce the reply with this key, or the replies under the root with this key."""
    _announce(_news().filter(Q(pk=pk) | Q(root=pk)))


def announce_new():
    """Announce replies that became visible without a decision, as when an article came back."""
    _announce(_news())


def _news():
    return Comment.objects.to_announce().still_news()


def _announce(replies):
    replies = replies.select_related("parent", "root", "by").order_by(
        "first_shown_at", "id"
    )
    for reply in replies[:REPLIES_AT_ONCE]:
        with transaction.atomic():
            if reply.claim_announcement():
                for mailbox, comment in _recipients_of(reply):
                    write(PendingMail.Kind.REPLY, mailbox, comment=comment, reply=reply)


def _recipients_of(reply):
    """Pairs of a mailbox to write to and the comment that the reply answers or quotes."""
    comments = {}
    for comment in [reply.parent, *_quoted_by(reply)]:
        if comment.is_approved and comment.wants_news:
            comments.setdefault(comment.mailbox_id, comment)
    mailboxes = Mailbox.objects.reachable().filter(pk__in=comments)
    return [
        (mailbox, comments[mailbox.pk])
        for mailbox in mailboxes.select_related("commenter")
        if not _is_of_author(mailbox, reply)
        and throttling.allow(PendingMail.Kind.REPLY, mailbox)
    ]


def _quoted_by(reply):
    quotes = quotes_in(reply.body)
    if not quotes:
        return []
    replies = Comment.objects.shown().wanting_news().filter(root=reply.root_id)
    newest = replies.exclude(pk=reply.pk).newest_first()[:COMMENTS_LOOKED_THROUGH]
    return [
        comment for comment in [reply.root, *newest] if said_in(comment.body, quotes)
    ]


def _is_of_author(mailbox, reply):
    """Whether the mailbox belongs to the proved author of the reply; typing proves nothing."""
    if reply.by is not None and reply.by.email.lower() == mailbox.address:
        return True
    person = getattr(mailbox, "commenter", None)
    is_theirs = person is not None and person.pk == reply.commenter_id
    return is_theirs or mailbox.pk == reply.mailbox_id
