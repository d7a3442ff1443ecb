"""
Bulk actions on comments: one Batch, and one undo for all.

Each comment has its own transaction, so that others do not wait for all of them. What was done
before an interruption is in the Batch and can be undone.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import name_of
from articles.core.batches import pausing_for_other_writers
from articles.models import TransitionError
from comments.models import Batch, Comment, Thread

# An undo that began longer ago and is not complete has stopped, and can be continued.
STOPPED_AFTER = timedelta(minutes=1)
# A version that no comment has.
UNSEEN = 0
# The steps that can be taken on several comments at once; each is a method of Comment.
BULK_STEPS = ["approve", "reject", "mark_spam", "keep", "pick", "unpick", "undo"]


@dataclass
class BulkOutcome:
    """The result of a bulk action: the comments decided on, and for each other one why not."""

    batch: Batch | None = None
    done: list[Comment] = field(default_factory=list)
    skipped: list[tuple[Comment, str]] = field(default_factory=list)


def decide_together(step, seen, *, by, **why):
    """
    Take one step on several comments, as one batch; return an Outcome.

    `step` is one of STEPS. `seen` maps the key of each comment to the version that was on the
    screen; a comment with another version is skipped. `why` are arguments of the step.
    Raises ValueError for another step.
    """
    if step not in BULK_STEPS:
        raise ValueError(f"{step!r} is no step of several comments")
    batch = Batch.objects.create(step=step, by=by, by_name=name_of(by))
    outcome = BulkOutcome(batch)
    for comment in _comments_with(seen):
        version = seen[comment.pk]
        with pausing_for_other_writers():
            _try(outcome, comment, getattr(comment, step), by=by, seen=version, **why)
    return outcome


def undo_together(batch, *, by):
    """
    Undo the decisions of a batch that are still the newest on their comments; return an Outcome.

    The other comments are skipped. An undo that stopped half way is continued. Raises
    TransitionError if the whole batch was undone before.
    """
    decisions = {one.comment_id: one for one in batch.decisions.all()}
    comments = _comments_with(decisions)
    outcome = BulkOutcome(_undoing_of(batch, comments, decisions, by=by))
    for comment in comments:
        with pausing_for_other_writers(), transaction.atomic():
            # Locked, so that nobody decides between looking and undoing.
            Thread.objects.lock_for(comment.article)
            if _is_last(decisions, comment):
                _try(outcome, comment, comment.undo, by=by)
            else:
                last = comment.decisions.first()
                reason = _("%(decision)s. This newer decision was kept.") % {
                    "decision": last
                }
                outcome.skipped.append((comment, reason))
    return outcome


def _undoing_of(batch, comments, decisions, *, by):
    """The Batch to undo into: a new one, or that of an undo that stopped half way."""
    with transaction.atomic():
        # Locked, so that of two moderators at once only one begins.
        Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        undone = Batch.objects.filter(undoes=batch).first()
        if undone is None:
            return Batch.objects.create(
                step="undo", by=by, by_name=name_of(by), undoes=batch
            )
        is_going_on = undone.at > timezone.now() - STOPPED_AFTER
        if is_going_on or not any(_is_last(decisions, one) for one in comments):
            raise TransitionError(
                _("%(name)s has already undone these decisions.")
                % {"name": undone.by_name}
            )
        return undone


def _is_last(decisions, comment):
    return comment.decisions.first().pk == decisions[comment.pk].pk


def _comments_with(keys):
    """The comments with these keys, oldest first."""
    comments = Comment.objects.filter(pk__in=list(keys)).select_related("article")
    return list(comments.oldest_first())


def _try(outcome, comment, step, **how):
    try:
        step(batch=outcome.batch, **how)
    except TransitionError as error:
        outcome.skipped.append((comment, str(error)))
    else:
        outcome.done.append(comment)
