"""
One step or change on many articles with one press: one record of it, and one undo for all.

Each article is a transaction of its own, so that nobody else waits for hundreds of them;
the record grows along. Whatever stops the doing, what was done can be undone; whatever
stops the undoing, it goes on from there when it is asked for again.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic, sleep

from django.db import connection, transaction
from django.utils.dateparse import parse_datetime

from articles.content.snapshots import PARTS
from articles.core.append_only import name_of
from articles.models import Article, ArticleBatch, BatchedArticle, TransitionError
from articles.models.article_steps import STANDING
from articles.publishing import actions

# In seconds. Whoever waits for SQLite's lock looks that often whether it is free.
LONGEST_PAUSE = 0.1


@dataclass
class Outcome:
    """What came of a press: which articles were changed, and for each other one why not."""

    batch: ArticleBatch
    done: list[Article] = field(default_factory=list)
    skipped: list[tuple[Article, str]] = field(default_factory=list)
    # Sentences about articles that were changed, but not in every respect.
    remarks: list[str] = field(default_factory=list)


def do_together(
    what,
    articles,
    take: Callable,
    *,
    by,
    refusal_of=lambda article: "",
    shown: dict[int, datetime] | None = None,
):
    """
    Take a step on each of the articles, as one batch; `take` is called with the article alone.

    `shown` says when each article had last been changed when it was on the screen, by its
    key. One that was changed since is skipped, as is one of which `refusal_of` says
    something, or on which the step cannot be taken; each with a sentence.
    """
    outcome = _begun(what, by)
    shown = shown or {}

    def why_not(article):
        return changed_since_shown(article, shown) or refusal_of(article)

    for article in dict.fromkeys(articles):
        with _giving_way():
            _try(outcome, article, take, why_not)
    return outcome


def changed_since_shown(article, shown):
    """A sentence when the article was changed after it was `shown` (see do_together); empty otherwise."""
    if shown.get(article.pk, article.modified_at) == article.modified_at:
        return ""
    return f"“{article}” was changed since it was shown to you, so it is left out. Look at it before you try again."


def undo_together(batch, *, by, refusal_of=lambda article: ""):
    """
    Put every article of the batch back to where and what it was, where it is still as the batch left it.

    One that stopped half way goes on with the articles that are left. Raises
    TransitionError when all of it was undone before, or its time is over.
    """
    outcome = _undoing_of(batch, by)
    # In one order for everybody, so that no two wait for each other.
    for item in (
        batch.not_undone().order_by("article_id").select_related("article", "batch")
    ):
        undo = partial(_undo, item=item, by=by, remarks=outcome.remarks)
        with _giving_way():
            _try(outcome, item.article, undo, refusal_of)
    return outcome


def _undoing_of(batch, by):
    """The undoing of the batch: begun now, or the one that stopped half way."""
    with transaction.atomic():
        # Held: of two who press at once, one begins.
        held = ArticleBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if held.is_half_undone:
            return Outcome(held.undone)
        if not held.is_open:
            raise TransitionError(_why_closed(held))
        return _begun(batch.what, by, undoes=held)


def state_of(article):
    """All that a step or change at the desk can alter, by its name, as JSON can say it."""
    content = article.working_content()
    standing = {name: getattr(article, name) for name in STANDING}
    if article.published_at:
        standing["published_at"] = article.published_at.isoformat()
    return {
        **standing,
        **{part: content[part] for part in PARTS if part in content},
    }


def _begun(what, by, **fields):
    return Outcome(
        ArticleBatch.objects.create(what=what, by=by, by_name=name_of(by), **fields)
    )


@contextmanager
def _giving_way():
    """
    Let others write for as long as this took.

    SQLite has one lock for whoever writes and no queue for it: of two, the one that takes
    it again at once would keep a reader's comment waiting until that gives up.
    """
    start = monotonic()
    yield
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        sleep(min(monotonic() - start, LONGEST_PAUSE))


def _try(outcome, article, take, refusal_of):
    batch = outcome.batch
    try:
        with transaction.atomic():
            article.hold()
            if batch.undoes_id and batch.items.filter(article=article).exists():
                # Whoever else goes on with the same undoing was here first.
                return
            before, after, why_not = _taken(article, take, refusal_of)
            BatchedArticle.objects.create(
                batch=batch,
                article=article,
                before=before,
                after=after,
                why_not=why_not,
            )
    except Article.DoesNotExist:
        # What was done to a draft is deleted along with it, and so is why nothing was done.
        why_not = f"“{article}” was deleted in the same moment."
    if why_not:
        outcome.skipped.append((article, why_not))
    else:
        outcome.done.append(article)


def _taken(article, take, refusal_of):
    """What is otherwise after the step, as it was and as it is, and why it was not taken; of these, one is empty."""
    if why_not := refusal_of(article):
        return {}, {}, why_not
    try:
        with transaction.atomic():
            return *_changed(article, take), ""
    except TransitionError as error:
        return {}, {}, str(error)
    except actions.EditConflict as conflict:
        return {}, {}, f"Somebody saved “{article}” in the same moment. {conflict}"


def _changed(article, take):
    """What is otherwise after the step: as it was, and as it is."""
    was = state_of(article)
    take(article)
    now = state_of(article)
    names = [name for name in was if was[name] != now[name]]
    if not names:
        raise TransitionError(
            f"“{article}” is that way already, so nothing was changed."
        )
    return {name: was[name] for name in names}, {name: now[name] for name in names}


def _undo(article, *, item, by, remarks):
    words = f"Undone: what {item.batch.by_name or 'the machine'} did to several articles at once (batch {item.batch_id})."
    parts = {name: item.before[name] for name in item.before if name in PARTS}
    if parts:
        content = article.working_content()
        if any(content.get(name) != item.after[name] for name in parts):
            raise TransitionError(f"“{article}” was changed since, and stays as it is.")
        copy = article.working_copy
        actions.save(
            article, parts, by=by, began_from=copy.pk if copy else None, note=words
        )
    before, still = _standing(item.before), _standing(item.after)
    remark = ""
    if before.get("on_top") and len(before) > 1 and (other := article.other_on_top()):
        # Its place on top is taken; the rest of where it stood is not.
        del before["on_top"], still["on_top"]
        remark = f"“{other}” is on top of the front page by now, so “{article}” is not put back there."
    if before:
        reason = f"{words} {remark}".strip()
        article.put_back(before, still=still, reason=reason, by=by)
    if remark:
        remarks.append(remark)


def _standing(values):
    found = {name: values[name] for name in STANDING if name in values}
    if found.get("published_at"):
        found["published_at"] = parse_datetime(found["published_at"])
    return found


def _why_closed(batch):
    if batch.undoes_id:
        return "This was an undoing itself. Take the steps again where they are meant."
    if batch.undone:
        return f"{batch.undone.by_name or 'The machine'} has undone this before."
    return "The 24 hours in which this could be undone are over. Change each article by itself."
