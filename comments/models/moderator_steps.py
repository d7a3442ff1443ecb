"""
The steps that moderators take with a comment.

Call them as methods of Comment, which say what the arguments mean. `**how` stands for
`by`, `note`, `seen` and `batch`.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import TransitionError
from comments.models.appeal import Appeal
from comments.models.deciding import decide, reports_open_before
from comments.models.decision import Decision
from comments.models.texts import copy_findings, replace_text, text_at_revision
from comments.models.thread import Thread


def possible_steps(comment):
    """The names of the steps that are possible now, in a fixed order."""
    status = comment.Status
    if comment.is_withdrawn:
        return []
    leads_to = {
        "approve": status.APPROVED,
        "reject": status.REJECTED,
        "mark_spam": status.SPAM,
    }
    steps = [step for step, goal in leads_to.items() if goal != comment.status]
    if comment.wants_a_second_look:
        steps.insert(0, "keep")
    if comment.is_approved:
        steps.append("unpick" if comment.is_picked else "pick")
    # Not `first()`: a list of comments has loaded them all at once.
    last = next(iter(comment.decisions.all()), None)
    return [*steps, "undo"] if last and last.can_be_undone else steps


def waits_since(comment):
    """When the comment last began to wait."""
    put_back = [
        decision.at
        for decision in comment.decisions.all()
        if decision.to_status == comment.Status.PENDING
    ]
    return max([comment.created_at, comment.edited_at or comment.created_at, *put_back])


def approve(comment, **how):
    status = comment.Status
    allowed = [status.PENDING, status.REJECTED, status.SPAM]
    decide(comment, status.APPROVED, from_=allowed, **how)


def reject(comment, **how):
    status = comment.Status
    allowed = [status.PENDING, status.APPROVED, status.SPAM]
    decide(comment, status.REJECTED, from_=allowed, **how)


def mark_spam(comment, **how):
    status = comment.Status
    allowed = [status.PENDING, status.APPROVED, status.REJECTED]
    decide(comment, status.SPAM, from_=allowed, **how)


def keep(comment, **how):
    status = comment.Status
    allowed = [status.APPROVED, status.REJECTED, status.SPAM]
    unchanged = status(comment.status)
    decide(comment, unchanged, from_=allowed, what=Decision.What.KEEP, **how)


def hold_for_reports(comment):
    status = comment.Status
    decide(
        comment,
        status.PENDING,
        from_=[status.APPROVED],
        what=Decision.What.REPORTS,
    )


def pick(comment, **how):
    _set_pick(comment, Decision.What.PICK, timezone.now(), **how)


def unpick(comment, **how):
    _set_pick(comment, Decision.What.UNPICK, None, **how)


def _set_pick(comment, what, picked_at, **how):
    approved = comment.Status.APPROVED
    changes = {"picked_at": picked_at}
    decide(comment, approved, from_=[approved], what=what, changes=changes, **how)


def redact(comment, body, *, by, note="", seen=None):
    """
    Replace the text by one in which words are taken out; the status stays.

    The whole text is kept for moderators as a TextRevision until the comment is
    erased, and `undo` puts it back.
    """
    with transaction.atomic():
        Thread.objects.lock_for(comment.article)
        expected = comment.version if seen is None else seen
        comment.refresh_from_db()
        # If the comment has changed, `decide` refuses, and the kept text is rolled back.
        changes = replace_text(comment, body)
        status = comment.Status
        decide(
            comment,
            status(comment.status),
            from_=[each for each in status if each != status.WITHDRAWN],
            by=by,
            seen=expected,
            what=Decision.What.REDACT,
            note=note,
            changes=changes,
            text_revision=comment.text_revision,
        )
        copy_findings(comment, comment.text_revision - 1)


def undo(comment, *, by=None, note="", seen=None, batch=None):
    """Put the comment back to where it was before the newest decision."""
    with transaction.atomic():
        # Locked first, so that a report that arrives at this moment is counted.
        Thread.objects.lock_for(comment.article)
        expected = comment.version if seen is None else seen
        comment.refresh_from_db()
        last = comment.decisions.first()
        if last is None or not last.can_be_undone:
            raise TransitionError(_("This comment has no decision that can be undone."))
        what, changes = Decision.What.STATUS, {}
        if last.what == Decision.What.PICK:
            what, changes = Decision.What.UNPICK, {"picked_at": None}
        elif last.what == Decision.What.UNPICK:
            what, changes = Decision.What.PICK, {"picked_at": timezone.now()}
        elif last.what == Decision.What.REDACT:
            what = last.what
            changes = replace_text(
                comment, text_at_revision(comment, last.text_revision)
            )
        decide(
            comment,
            comment.Status(last.from_status),
            from_=[last.to_status],
            by=by,
            seen=expected,
            what=what,
            undoes=last,
            note=note,
            batch=batch,
            changes=changes | {"open_reports": reports_open_before(last)},
            text_revision=comment.text_revision,
        )
        if what == Decision.What.REDACT:
            copy_findings(comment, last.text_revision)
        # The appeal that this decision answered is open again.
        Appeal.objects.filter(comment=comment, answered_at=last.at).update(
            answered_at=None
        )
