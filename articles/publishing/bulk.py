"""
Bulk actions: one step or change on many articles, with one record and one undo.

Each article has its own transaction, so that others do not wait for hundreds of them, and
the record grows with each. When a bulk action is interrupted, the finished part can be
undone. When an undo is interrupted, calling it again continues it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from articles.content.snapshots import PARTS
from articles.core.append_only import name_of
from articles.core.batches import pausing_for_other_writers
from articles.core.stored_words import in_english
from articles.models import Article, ArticleBatch, BatchedArticle, TransitionError
from articles.models.article_steps import STANDING_FIELDS
from articles.publishing import actions


@dataclass
class ArticleBulkOutcome:
    """The outcome of a bulk action: the changed articles, and the skipped ones with reasons."""

    batch: ArticleBatch
    done: list[Article] = field(default_factory=list)
    skipped: list[tuple[Article, str]] = field(default_factory=list)
    # Sentences about articles that were changed only in part.
    remarks: list[str] = field(default_factory=list)


def run_bulk_action(
    what,
    articles,
    take: Callable,
    *,
    by,
    refusal_of=lambda article: "",
    shown: dict[int, datetime] | None = None,
):
    """
    Take a step on each of the articles, as one batch. `take` is called with each article.

    `what` is the name of the step at the desk. `shown` maps primary keys to the
    `modified_at` that was on the screen. An article is skipped, with a sentence, when it
    was changed since, when `refusal_of` returns a sentence, or when the step fails.
    """
    outcome = _new_outcome(what, by)
    shown = shown or {}

    def why_not(article):
        return changed_since_shown(article, shown) or refusal_of(article)

    for article in dict.fromkeys(articles):
        with pausing_for_other_writers():
            _try(outcome, article, take, why_not)
    return outcome


def changed_since_shown(article, shown):
    """A sentence if the article was changed after it was `shown` (see run_bulk_action), or empty."""
    if shown.get(article.pk, article.modified_at) == article.modified_at:
        return ""
    return _(
        "“%(article)s” was changed after it was shown to you, so it was left out. Look at it before you try again."
    ) % {"article": article}


def undo_bulk_action(batch, *, by, refusal_of=lambda article: ""):
    """
    Undo a batch: restore each article that is still as the batch left it.

    An undo that stopped half way continues with the remaining articles. Raises
    TransitionError when the batch is already undone, or too old.
    """
    outcome = _undoing_of(batch, by)
    # In a fixed order, so that two undos cannot deadlock.
    for item in (
        batch.not_undone().order_by("article_id").select_related("article", "batch")
    ):
        undo = partial(_undo, item=item, by=by, remarks=outcome.remarks)
        with pausing_for_other_writers():
            _try(outcome, item.article, undo, refusal_of)
    return outcome


def _undoing_of(batch, by):
    """The outcome to undo the batch into: a new one, or that of the undo that stopped half way."""
    with transaction.atomic():
        # Locked, so that of two simultaneous requests only one begins.
        held = ArticleBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if held.is_half_undone:
            return ArticleBulkOutcome(held.undone)
        if not held.is_open:
            raise TransitionError(_why_closed(held))
        return _new_outcome(batch.what, by, undoes=held)


def state_of(article):
    """Everything that a bulk action can change, by name, in a form that JSON can store."""
    content = article.working_content()
    if article.has_provisional_slug:
        # The address that publishing gives it is no change of its text, and is not undone.
        content = {name: content[name] for name in content if name != "slug"}
    standing = {name: getattr(article, name) for name in STANDING_FIELDS}
    if article.published_at:
        standing["published_at"] = article.published_at.isoformat()
    return {
        **standing,
        **{part: content[part] for part in PARTS if part in content},
    }


def _new_outcome(what, by, **fields):
    return ArticleBulkOutcome(
        ArticleBatch.objects.create(what=what, by=by, by_name=name_of(by), **fields)
    )


def _try(outcome, article, take, refusal_of):
    batch = outcome.batch
    try:
        with transaction.atomic():
            article.hold()
            if batch.undoes_id and batch.items.filter(article=article).exists():
                # Another request that continues the same undo was faster.
                return
            before, after, why_not = _attempt(article, take, refusal_of)
            BatchedArticle.objects.create(
                batch=batch,
                article=article,
                before=before,
                after=after,
                why_not=why_not,
            )
    except Article.DoesNotExist:
        # There is no row to record it in: the items of a draft are deleted with it.
        why_not = _("“%(article)s” was deleted at the same moment.") % {
            "article": article
        }
    if why_not:
        outcome.skipped.append((article, why_not))
    else:
        outcome.done.append(article)


def _attempt(article, take, refusal_of):
    """Take the step: the changed values before and after it, and the reason if it was refused."""
    if why_not := refusal_of(article):
        return {}, {}, why_not
    try:
        with transaction.atomic():
            return *_take_and_compare(article, take), ""
    except TransitionError as error:
        return {}, {}, str(error)
    except actions.EditConflict:
        why_not = _("Someone saved “%(article)s” at the same moment.") % {
            "article": article
        }
        return {}, {}, why_not


def _take_and_compare(article, take):
    """Take the step: dicts of the changed values before and after it."""
    before = state_of(article)
    take(article)
    after = state_of(article)
    names = [name for name in before if before[name] != after[name]]
    if not names:
        raise TransitionError(
            _("“%(article)s” is already that way. Nothing was changed.")
            % {"article": article}
        )
    return (
        {name: before[name] for name in names},
        {name: after[name] for name in names},
    )


def _undo(article, *, item, by, remarks):
    words = (
        f"Undone: bulk action {item.batch_id} by {item.batch.by_name or 'automatic'}."
    )
    parts = {name: item.before[name] for name in item.before if name in PARTS}
    if parts:
        content = article.working_content()
        if any(content.get(name) != item.after[name] for name in parts):
            raise TransitionError(
                _("“%(article)s” was changed in the meantime, so it stays as it is.")
                % {"article": article}
            )
        copy = article.working_copy
        actions.save(
            article, parts, by=by, began_from=copy.pk if copy else None, note=words
        )
    before, still = _standing(item.before), _standing(item.after)
    remark = ""
    if before.get("on_top") and len(before) > 1 and (other := article.other_on_top()):
        # Another article is on top; the other fields can still be restored.
        del before["on_top"], still["on_top"]
        remark = _not_put_on_top(article, other)
        with in_english():
            words = f"{words} {_not_put_on_top(article, other)}"
    if before:
        article.put_back(before, still=still, reason=words, by=by)
    if remark:
        remarks.append(remark)


def _not_put_on_top(article, other):
    return _(
        "“%(other)s” is now on top of the front page, so “%(article)s” is not put back there."
    ) % {"other": other, "article": article}


def _standing(values):
    found = {name: values[name] for name in STANDING_FIELDS if name in values}
    if found.get("published_at"):
        found["published_at"] = parse_datetime(found["published_at"])
    return found


def _why_closed(batch):
    if batch.undoes_id:
        return _("This was an undo itself. Take the steps again where you want them.")
    if batch.undone:
        return _("%(name)s has already undone this.") % {
            "name": batch.undone.by_name or _("System")
        }
    return _(
        "This could be undone for 24 hours, which have passed. Change each article on its own."
    )
