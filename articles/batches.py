"""
One step or change on many articles with one press: one record of it, and one undo for all.

Doing, each article is a transaction of its own, so that nobody else waits for hundreds of
them; the record grows along, and whatever stops the work, what was done can be undone. An
undoing is one transaction: it happens once, so it must not stop half way.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from django.utils.dateparse import parse_datetime

from articles import desk
from articles.append_only import name_of
from articles.models import Article, ArticleBatch, BatchedArticle, TransitionError
from articles.models.article import STANDING
from articles.snapshots import PARTS


@dataclass
class Outcome:
    """What came of a press: which articles were changed, and for each other one why not."""

    batch: ArticleBatch
    done: list[Article] = field(default_factory=list)
    skipped: list[tuple[Article, str]] = field(default_factory=list)


def do_together(what, articles, take: Callable, *, by, refusal_of=lambda article: ""):
    """
    Take a step on each of the articles, as one batch; `take` is called with the article alone.

    An article of which `refusal_of` says something, or on which the step cannot be taken, is
    skipped with that sentence.
    """
    outcome = _begun(what, by)
    for article in articles:
        _try(outcome, article, take, refusal_of)
    return outcome


def undo_together(batch, *, by, refusal_of=lambda article: ""):
    """
    Put every article of the batch back to where and what it was, where it is still as the batch left it.

    Raises TransitionError when it was undone before, or its time is over.
    """
    with transaction.atomic():
        # Held: of two who press at once, one undoes.
        held = ArticleBatch.objects.select_for_update().get(pk=batch.pk)
        if not held.is_open:
            raise TransitionError(_why_closed(held))
        outcome = _begun(batch.what, by, undoes=batch)
        # In one order for everybody, so that no two wait for each other.
        items = batch.items.filter(why_not="").order_by("article_id")
        for item in items.select_related("article").iterator(chunk_size=100):
            _try(outcome, item.article, partial(_undo, item=item, by=by), refusal_of)
    return outcome


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


def _try(outcome, article, take, refusal_of):
    why_not, before, after = refusal_of(article), {}, {}
    if not why_not:
        try:
            with transaction.atomic():
                before, after = _changed(article, take)
                _note(outcome.batch, article, before, after)
        except TransitionError as error:
            why_not = str(error)
        except desk.EditConflict as conflict:
            why_not = f"Somebody saved “{article}” in the same moment. {conflict}"
        except Article.DoesNotExist:
            why_not = f"“{article}” was deleted in the same moment."
    if why_not:
        # What was done to a draft is deleted along with it, and so is why nothing was done.
        if Article.objects.filter(pk=article.pk).exists():
            _note(outcome.batch, article, {}, {}, why_not=why_not)
        outcome.skipped.append((article, why_not))
    else:
        outcome.done.append(article)


def _changed(article, take):
    """What is otherwise after the step: as it was, and as it is."""
    held = Article.objects.select_for_update().get(pk=article.pk)
    was = state_of(held)
    take(article)
    now = state_of(Article.objects.get(pk=article.pk))
    names = [name for name in was if was[name] != now[name]]
    if not names:
        raise TransitionError(f"“{article}” is so already.")
    return {name: was[name] for name in names}, {name: now[name] for name in names}


def _note(batch, article, before, after, *, why_not=""):
    BatchedArticle.objects.create(
        batch=batch, article=article, before=before, after=after, why_not=why_not
    )


def _undo(article, *, item, by):
    words = f"Undone: what {item.batch.by_name or 'the machine'} did to several articles at once (batch {item.batch_id})."
    parts = {name: item.before[name] for name in item.before if name in PARTS}
    if parts:
        content = article.working_content()
        if any(content.get(name) != item.after[name] for name in parts):
            raise TransitionError(f"“{article}” was changed since, and stays as it is.")
        copy = article.working_copy
        desk.save(
            article, parts, by=by, began_from=copy.pk if copy else None, note=words
        )
    if standing := _standing(item.before):
        article.put_back(standing, still=_standing(item.after), reason=words, by=by)


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
