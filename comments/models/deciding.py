"""What every step of a comment has in common: its guard, its record and the counts it changes."""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from articles.core.after_commit import let_worker_run
from articles.core.append_only import name_of
from articles.models import TransitionError
from comments.models.appeal import Appeal
from comments.models.decision import Decision, standing
from comments.models.thread import Thread
from comments.models.training import Training

# The task that announces a reply by mail. By name, because the mail package imports the
# models and the models must not import it.
ANNOUNCING = "comments.mail.reply_notifications.announcing"

# Why a comment cannot get a status.
_REFUSALS = {
    "approved": _("This comment cannot be approved. Its status: %(status)s."),
    "rejected": _("This comment cannot be rejected. Its status: %(status)s."),
    "spam": _("This comment cannot be marked as spam. Its status: %(status)s."),
    "pending": _(
        "This comment cannot be put back in the queue. Its status: %(status)s."
    ),
    "withdrawn": _("This comment cannot be withdrawn. Its status: %(status)s."),
}


def decide(
    comment,
    status,
    *,
    from_,
    by=None,
    seen=None,
    what=Decision.What.STATUS,
    undoes=None,
    changes=None,
    text_revision=None,
    **why,
):
    """
    Change the comment to `status`, record the decision and update the counts, in one transaction.

    The UPDATE is guarded by the version `seen`. If the comment has changed since, or its
    status is not in `from_`, a TransitionError says who did what and when. `changes` are
    further columns to set. `text_revision` is the revision that was decided on, where
    `changes` replaces the text; by default the present one. `why` are fields of Decision:
    `reason`, `explanation`, `told`, `note`, `batch`.
    """
    with transaction.atomic():
        thread = Thread.objects.lock_for(comment.article)
        expected = comment.version if seen is None else seen
        comment.refresh_from_db()
        before, counted = comment.status, _counted(comment)
        now = timezone.now()
        changes = _changes_for(comment, status, by=by, now=now) | (changes or {})
        if by is not None and undoes is None and _judges(what, status):
            changes |= {"judged_as": status, "judged_at": now}
        waited = now - comment.waits_since if comment.is_waiting and by else None
        if before not in from_ or not _update(comment, expected, changes):
            raise TransitionError(_refusal(comment, status))
        comment.refresh_from_db()
        decision = Decision.objects.create(
            comment=comment,
            what=what,
            text_revision=text_revision or comment.text_revision,
            by=by,
            by_name=name_of(by),
            from_status=before,
            to_status=status,
            undoes=undoes,
            waited=waited,
            at=now,
            **why,
        )
        _follow_up(decision)
        update_counts(comment, thread, before=before, counted=counted)


def _follow_up(decision):
    """Bring judgement, appeal and classifier into line with the decision, and announce replies."""
    comment = decision.comment
    if decision.undoes_id:
        _restore_judgement(comment)
    if decision.by_id:
        Appeal.objects.filter(comment=comment, answered_at=None).update(
            answered_at=decision.at
        )
    # The classifier learns from readers' comments only, not from staff replies.
    if comment.by_id is None and (decision.by_id or decision.undoes_id):
        Training.objects.retrain(comment)
    _announce_after_the_commit(comment)


def update_counts(comment, thread, *, before, counted):
    """
    Update the counts of the root and of the thread after a step of the comment.

    `before` is its status before the step. `thread` is locked. `counted` is how many shown
    comments the thread had because of this one before the step.
    """
    was_approved = before == comment.Status.APPROVED
    if comment.root_id is not None and comment.is_approved != was_approved:
        change = 1 if comment.is_approved else -1
        type(comment).objects.filter(pk=comment.root_id).update(
            approved_replies=Greatest(F("approved_replies") + change, 0)
        )
    thread.count(_counted(comment) - counted)


def save_as_shown(comment, save):
    """
    Insert a comment that arrives approved, for example from an import.

    It counts at once and is not announced. `save` is called without arguments and inserts
    the row.
    """
    comment.first_shown_at = comment.first_shown_at or comment.created_at
    comment.announced_at = comment.announced_at or comment.created_at
    with transaction.atomic():
        thread = Thread.objects.lock_for(comment.article)
        save()
        update_counts(comment, thread, before=comment.Status.PENDING, counted=0)


def reports_open_before(decision):
    """How many reports of the comment were unanswered when the decision was made."""
    comment = decision.comment
    judged = comment.decisions.by_people().filter(id__lt=decision.pk).first()
    reports = comment.reports.all()
    return (reports.filter(created_at__gt=judged.at) if judged else reports).count()


def _update(comment, expected, changes):
    this_state = type(comment).objects.filter(pk=comment.pk, version=expected)
    return this_state.update(**changes)


def _judges(what, status):
    """
    Whether such a decision is a judgement of the comment.

    Keeping a rejected comment is not one: the earlier judgement stands.
    """
    if what == Decision.What.KEEP:
        return status in ["approved", "spam"]
    return what == Decision.What.STATUS


def _restore_judgement(comment):
    """After an undo, store the judgement of the newest decision that still stands."""
    judgement = next(
        (
            decision
            for decision in standing(comment.decisions.all())
            if decision.by_name and _judges(decision.what, decision.to_status)
        ),
        None,
    )
    comment.judged_as = judgement.to_status if judgement else ""
    comment.judged_at = judgement and judgement.at
    comment.save(update_fields=["judged_as", "judged_at"])


def _changes_for(comment, status, *, by, now):
    changes = {"status": status, "version": F("version") + 1}
    if by is not None:
        # A moderator who decides on a comment has answered its reports.
        changes["open_reports"] = 0
    if status == comment.Status.APPROVED:
        changes["first_shown_at"] = Coalesce("first_shown_at", now)
    elif status != comment.Status.PENDING:
        # The same text may be sent again, as a new comment that waits.
        changes["repeat_key"] = None
    return changes


def _counted(comment):
    """How many shown comments the thread has because of this one; for a root, with its replies."""
    if comment.root_id is not None:
        return int(comment.is_approved and comment.root.carries_replies)
    return int(comment.is_approved) + comment.approved_replies * comment.carries_replies


def _announce_after_the_commit(comment):
    """Have the reply announced that has become visible, or the replies of the root."""
    if comment.root_id is not None:
        has_news = comment.is_approved and comment.announced_at is None
    else:
        has_news = comment.carries_replies and comment.approved_replies > 0
    if has_news:
        let_worker_run(import_string(ANNOUNCING), comment.pk)


def _refusal(comment, status):
    now = comment.get_status_display()
    last = comment.decisions.first()
    if last is None:
        return _REFUSALS[status] % {"status": now}
    # Translators: %(decision)s is a sentence such as “Ana approved this comment on 3 May”.
    return _(
        "%(decision)s. Its status is now: %(status)s. Look at it again before you decide."
    ) % {"decision": last, "status": now}
