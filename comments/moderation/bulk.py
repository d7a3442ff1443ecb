"""Several decisions with one press: one transaction, one record of it, and one undo for all."""

from dataclasses import dataclass, field

from django.db import transaction

from articles.core.append_only import name_of
from articles.models import TransitionError
from comments.models import Batch, Comment, Thread

# No comment has this version.
UNSEEN = 0
# The steps that can be taken on several comments at once; each is a method of Comment.
STEPS = ["approve", "reject", "mark_spam", "keep", "pick", "unpick", "undo"]


@dataclass
class Outcome:
    """What came of a press: which comments were decided on, and for each other one why not."""

    batch: Batch | None = None
    done: list[Comment] = field(default_factory=list)
    skipped: list[tuple[Comment, str]] = field(default_factory=list)


def decide_together(step, seen, *, by, **why):
    """
    Take one step on several comments, as one batch.

    `seen` is the version of each comment that was on the screen, by its key: nothing
    else is decided on, and a comment that has another version by now is skipped.
    """
    if step not in STEPS:
        raise ValueError(f"{step!r} is no step of several comments")
    with transaction.atomic():
        comments = _held(seen)
        outcome = Outcome(Batch.objects.create(step=step, by=by, by_name=name_of(by)))
        for comment in comments:
            take = getattr(comment, step)
            version = seen[comment.pk]
            _try(outcome, comment, take, by=by, seen=version, **why)
    return outcome


def undo_together(batch, *, by):
    """
    Undo every decision of a batch that is still the newest on its comment; the others are skipped.

    Raises TransitionError when the batch was undone before.
    """
    with transaction.atomic():
        # Held first, for of a batch without decisions no thread is.
        Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        decisions = {one.comment_id: one for one in batch.decisions.all()}
        comments = _held(decisions)
        if undone := Batch.objects.filter(undoes=batch).first():
            raise TransitionError(
                f"{undone.by_name} has undone these decisions before."
            )
        outcome = Outcome(
            Batch.objects.create(step="undo", by=by, by_name=name_of(by), undoes=batch)
        )
        for comment in comments:
            last = comment.decisions.first()
            if last.pk == decisions[comment.pk].pk:
                _try(outcome, comment, comment.undo, by=by)
            else:
                outcome.skipped.append((comment, f"{last}. That is newer, and stays."))
    return outcome


def _held(keys):
    """The comments with these keys, oldest first, each in a thread that nobody else decides in until the transaction ends."""
    comments = list(
        Comment.objects.filter(pk__in=list(keys))
        .select_related("article")
        .order_by("article_id", "created_at", "id")
    )
    # All threads before anything that a decision takes later, and in one order for everybody.
    for article in {
        comment.article_id: comment.article for comment in comments
    }.values():
        Thread.objects.held_by(article)
    return sorted(comments, key=lambda comment: (comment.created_at, comment.pk))


def _try(outcome, comment, step, **how):
    try:
        with transaction.atomic():
            step(batch=outcome.batch, **how)
    except TransitionError as error:
        outcome.skipped.append((comment, str(error)))
    else:
        outcome.done.append(comment)
