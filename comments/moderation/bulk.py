"""Bulk actions on comments: one transaction, one Batch, and one undo for all."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import name_of
from articles.models import TransitionError
from comments.models import Batch, Comment, Thread

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
    with transaction.atomic():
        comments = _lock_comments(seen)
        outcome = BulkOutcome(
            Batch.objects.create(step=step, by=by, by_name=name_of(by))
        )
        for comment in comments:
            method = getattr(comment, step)
            version = seen[comment.pk]
            _try(outcome, comment, method, by=by, seen=version, **why)
    return outcome


def undo_together(batch, *, by):
    """
    Undo the decisions of a batch that are still the newest on their comments; return an Outcome.

    The other comments are skipped. Raises TransitionError if the batch was undone before.
    """
    with transaction.atomic():
        # The batch itself is locked, because one without decisions locks no thread.
        Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        decisions = {one.comment_id: one for one in batch.decisions.all()}
        comments = _lock_comments(decisions)
        if undone := Batch.objects.filter(undoes=batch).first():
            raise TransitionError(
                _("%(name)s has already undone these decisions.")
                % {"name": undone.by_name}
            )
        outcome = BulkOutcome(
            Batch.objects.create(step="undo", by=by, by_name=name_of(by), undoes=batch)
        )
        for comment in comments:
            last = comment.decisions.first()
            if last.pk == decisions[comment.pk].pk:
                _try(outcome, comment, comment.undo, by=by)
            else:
                reason = _("%(decision)s. This newer decision was kept.") % {
                    "decision": last
                }
                outcome.skipped.append((comment, reason))
    return outcome


def _lock_comments(keys):
    """Lock the threads of these comments until the transaction ends; return them oldest first."""
    comments = list(
        Comment.objects.filter(pk__in=list(keys))
        .select_related("article")
        .order_by("article_id", "created_at", "id")
    )
    # All threads are locked before anything else and always in the same order: no deadlock.
    for article in {
        comment.article_id: comment.article for comment in comments
    }.values():
        Thread.objects.lock_for(article)
    return sorted(comments, key=lambda comment: (comment.created_at, comment.pk))


def _try(outcome, comment, step, **how):
    try:
        with transaction.atomic():
            step(batch=outcome.batch, **how)
    except TransitionError as error:
        outcome.skipped.append((comment, str(error)))
    else:
        outcome.done.append(comment)
