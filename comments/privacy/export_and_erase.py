"""
Export and erasure of everything that we keep about the owner of an email address.

The link to it is mailed by comments.mail.triggers.
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from comments.models import Comment, Decision, Thread
from comments.posting.author_actions import appeal_of, reason_given, state_of

# The number of comments that one transaction erases; an interruption loses no more work.
ERASED_AT_ONCE = 50

# The names of statuses for authors, who do not learn that a comment was marked as spam.
_WORDS = {
    Comment.Status.PENDING: "waiting",
    Comment.Status.APPROVED: "approved",
    Comment.Status.REJECTED: "not published",
    Comment.Status.SPAM: "not published",
    Comment.Status.WITHDRAWN: "withdrawn",
}


def number_of_comments(mailbox):
    """How many comments the owner of the mailbox has proved to have written."""
    return Comment.objects.of_owner(mailbox).count()


def number_of_unproven(mailbox):
    """How many other comments carry the address without proof that its owner wrote them."""
    return Comment.objects.with_unproven_address(mailbox).count()


def export_of(mailbox):
    """
    The comments of the mailbox's owner and their history, as plain values for JSON.

    Only comments that they have proved to have written. Nothing about anybody else: no
    moderators' names, notes, reports or other comments.
    """
    comments = Comment.objects.of_owner(mailbox)
    shown = set(comments.shown().values_list("pk", flat=True))
    comments = comments.select_related("article", "appeal").prefetch_related(
        "earlier_texts", "decisions", "signals"
    )
    return {
        "site": settings.SITE_URL,
        "address": mailbox.address,
        "made_at": timezone.now(),
        "mail": {
            "first_known_at": mailbox.created_at,
            "confirmed_at": mailbox.confirmed_at,
            "stopped_at": mailbox.stopped_at,
        },
        "comments": [_exported(comment, shown) for comment in comments.oldest_first()],
    }


def erase_everything(mailbox):
    """
    Erase all comments of the mailbox's owner, then the mailbox; return the number of comments.

    Comments that they have not proved to have written lose the address and keep their text.
    If this is interrupted, call it again: erased comments have no owner any more, and the
    mailbox is deleted last.
    """
    number = 0
    while erased := _erase_some(mailbox):
        number += erased
    Comment.objects.with_unproven_address(mailbox).forget_addresses()
    mailbox.delete()
    return number


def _erase_some(mailbox):
    with transaction.atomic():
        comments = list(
            Comment.objects.of_owner(mailbox)
            .select_related("article")
            .order_by("article_id", "id")[:ERASED_AT_ONCE]
        )
        # All threads are locked first and always in the same order, so there is no deadlock.
        for article in {one.article_id: one.article for one in comments}.values():
            Thread.objects.lock_for(article)
        for comment in comments:
            comment.erase()
    return len(comments)


def _exported(comment, shown):
    article = comment.article
    is_shown = comment.pk in shown
    return {
        "article": {
            "title": article.title,
            "address": settings.SITE_URL + article.get_absolute_url(),
        }
        if article.is_visible
        else None,
        "address": settings.SITE_URL + comment.get_absolute_url() if is_shown else None,
        "name": comment.name,
        "email": comment.email,
        "mail_about_replies": comment.notify,
        "sent_at": comment.created_at,
        "changed_at": comment.edited_at,
        "text": comment.body,
        "earlier_texts": [
            {"text": earlier.body, "replaced_at": earlier.replaced_at}
            for earlier in comment.earlier_texts.all()
        ],
        "state": state_of(comment, shown=shown).replace("_", " "),
        "reason": reason_given(comment),
        "history": _history_of(comment),
        "findings": [
            {
                "rule": signal.rule,
                "value": signal.value,
                "limit": signal.limit,
                "at": signal.at,
            }
            for signal in comment.signals.all()
        ],
        "appeal": _exported_appeal(appeal_of(comment)),
    }


def _history_of(comment):
    """The changes that the author may know, oldest first; statuses with one name count as one."""
    history = []
    became = _WORDS[Comment.Status.PENDING]
    for decision in reversed(comment.decisions.all()):
        before, became = became, _WORDS[decision.to_status]
        if became != before or decision.what == Decision.What.EDIT:
            history.append({"at": decision.at, "became": became})
    return history


def _exported_appeal(appeal):
    if appeal is None:
        return None
    return {
        "message": appeal.message,
        "sent_at": appeal.created_at,
        "answered_at": appeal.answered_at,
    }
