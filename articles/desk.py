"""Steps of an article that reach further than its own row."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from articles.append_only import name_of
from articles.models import Article, Correction, Revision, Step, TransitionError
from articles.notifications import tell_writer_of_return
from articles.snapshots import merged


class EditConflict(Exception):
    """Others have saved the same parts otherwise since this one began; nothing of it is saved."""

    def __init__(self, parts, newest):
        super().__init__(f"Changed by others: {', '.join(parts)}.")
        self.parts = parts
        self.newest = newest


def save(article, content, *, by=None, began_from=None, note=""):
    """
    Save what was typed as a revision; an article that was never on the site says it at once, too.

    `began_from` is the key of the revision that was on the screen, None when there was
    none yet. What others have saved since stays where this one did not touch it; raises EditConflict
    where both did, and TransitionError when the address belongs to another article.
    """
    with transaction.atomic():
        held = Article.objects.select_for_update().get(pk=article.pk)
        newest = _working_copy(held)
        content = newest.content | content
        if began_from != newest.pk:
            base = _base(held, began_from)
            content, parts = merged(base, content, newest.content)
            if parts:
                raise EditConflict(parts, newest)
        revision = _keep(held, content, newest, by=by, note=note)
        if held.keeps_changes_apart:
            Article.objects.filter(pk=held.pk).update(modified_at=timezone.now())
        else:
            held.put(content, by=by)
        return revision


def publish(article, *, at=None, by=None):
    """Publish what the working copy says: now, or at a later time."""
    with transaction.atomic():
        held = Article.objects.select_for_update().get(pk=article.pk)
        if copy := held.working_copy:
            held.put(copy.content, by=by)
        article.publish(at=at, by=by)
    article.refresh_from_db()


def publish_changes(article, *, revision=None, by=None):
    """
    Let a published article say what the working copy says, whole or not at all.

    `revision` is the one that was on the screen. Raises TransitionError when a newer
    one was saved since, or the article is not published any more.
    """
    with transaction.atomic():
        held = Article.objects.select_for_update().get(pk=article.pk)
        copy = _working_copy(held)
        if held.status != Article.Status.PUBLISHED:
            raise TransitionError(
                f"“{held}” is {held.status_in_words.lower()}, so there is no page to change."
            )
        if revision is not None and revision.pk != copy.pk:
            raise TransitionError(
                f"{copy.who} has saved “{held}” since. Look at it again before you publish."
            )
        held.put(copy.content, by=by)
        Revision.objects.filter(pk=copy.pk).update(
            kind=Revision.Kind.PUBLISHED,
            published_at=timezone.now(),
            publish_at=None,
        )
        Step.objects.create(
            article=held, what=Step.What.CHANGE, by=by, by_name=name_of(by)
        )
    article.refresh_from_db()


def _working_copy(article):
    """The newest revision, made where there is none, or where what the article says itself was changed without one."""
    copy = article.working_copy
    if article.keeps_changes_apart:
        return copy or article.keep_revision(
            kind=Revision.Kind.PUBLISHED, at=article.modified_at
        )
    return article.keep_revision(at=article.modified_at)


def _base(article, began_from):
    """What was on the screen: the revision with this key, or what the article said before there were any."""
    if began_from is None:
        return article.revisions.working().last().content
    began = article.revisions.filter(pk=began_from).first()
    return began.content if began else {}


def _keep(article, content, newest, *, by, note):
    if newest.content == content and not note:
        return newest
    return article.revisions.create(
        content=content, began_from=newest, by=by, by_name=name_of(by), note=note
    )


def return_to_writer(article, *, note="", by=None):
    """Give the article back to its writer with a note, and mail the note once that is certain."""
    with transaction.atomic():
        article.return_to_draft(note=note, by=by)
        # Robust: the article is back and the note stands on its form, whether or not
        # the mail server can be reached.
        transaction.on_commit(
            partial(tell_writer_of_return, article, note=note, by=by), robust=True
        )


def correct(article, *, kind, text, by=None, answers=()):
    """
    Publish a correction of the article and answer these requests with it, or do neither.

    Raises TransitionError for an article that readers have never seen, and when
    somebody else has answered or closed one of the requests.
    """
    if not article.was_public:
        raise TransitionError(
            f"Readers have not seen “{article}”: change the article itself."
        )
    with transaction.atomic():
        correction = Correction.objects.create(
            article=article, kind=kind, text=text, by=by, by_name=name_of(by)
        )
        for request in answers:
            request.answer_with(correction)
    return correction
