"""
The steps that the author of a comment takes, or that are taken for them.

Call them as methods of Comment.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import TransitionError
from comments.models.appeal import Appeal
from comments.models.commenter import Commenter
from comments.models.deciding import decide
from comments.models.decision import Decision
from comments.models.texts import replace_text
from comments.models.thread import Thread
from comments.models.training import Training


def withdraw(comment):
    status = comment.Status
    allowed = [each for each in status if each != status.WITHDRAWN]
    decide(comment, status.WITHDRAWN, from_=allowed)


def edit(comment, body, *, status):
    """
    Change the words; the earlier ones are kept as a TextRevision.

    `status` is what the screening makes of the new words. Raises TransitionError
    when it is too late: after EDIT_WINDOW, after somebody answered, or after a
    decision that took the comment off the page.
    """
    with transaction.atomic():
        Thread.objects.lock_for(comment.article)
        comment.refresh_from_db()
        if not comment.is_editable:
            raise TransitionError(
                _(
                    "This comment can no longer be edited: it is too late, someone has replied to it, or a moderator has decided on it."
                )
            )
        changes = replace_text(comment, body) | {"edited_at": timezone.now()}
        if status == comment.status:
            changes["version"] = F("version") + 1
            type(comment).objects.filter(pk=comment.pk).update(**changes)
            comment.refresh_from_db()
        else:
            decide(
                comment,
                status,
                from_=[comment.status],
                what=Decision.What.EDIT,
                changes=changes,
            )


def erase(comment):
    """
    Blank everything that the author wrote, for ever, and withdraw the comment.

    The row stays, because replies, reports and decisions refer to it.
    """
    with transaction.atomic():
        Thread.objects.lock_for(comment.article)
        comment.refresh_from_db()
        if not comment.is_withdrawn:
            withdraw(comment)
        comment.earlier_texts.all().delete()
        comment.signals.all().delete()
        Training.objects.forget(comment)
        # A report may quote what it is about.
        comment.reports.update(sentence="", network="")
        Appeal.objects.filter(comment=comment).update(message="")
        commenter = comment.commenter_id
        type(comment).objects.filter(pk=comment.pk).update(
            name="",
            email="",
            body="",
            notify=False,
            network="",
            repeat_key=None,
            picked_at=None,
            by=None,
            commenter=None,
            mailbox=None,
            erased_at=timezone.now(),
            version=F("version") + 1,
        )
        Commenter.objects.unrecognisable().filter(pk=commenter).delete()
        comment.refresh_from_db()
