"""Changes that writers propose to what they may not change themselves."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from articles.content.html import clean_article
from articles.content.snapshots import differing, merged
from articles.core.append_only import name_of
from articles.models import Article, Proposal, Revision, Step, TransitionError
from articles.models.article_steps import record_step
from articles.models.held_row import on_held_row
from articles.publishing import actions
from articles.publishing.notifications import tell_writer_of_answer


@on_held_row
def propose(article, parts, *, by, note="", began_from=None):
    """
    Keep what the writer would have the article say; a proposal of theirs that still waits is overwritten.

    `parts` are those of a snapshot that were typed, `began_from` is the key of the
    revision that was on the screen. Raises TransitionError when it changes nothing.
    """
    working = article.revisions.working()
    if began_from is None:
        # Nobody had saved it when the form was opened, as far as revisions know.
        began = working.last() or actions.make_working_copy(article)
    else:
        began = working.filter(pk=began_from).first()
    base = began.content if began else article.working_content()
    content = base | parts
    content["body"] = clean_article(content["body"])
    if not differing(content, base):
        raise TransitionError(
            "This says what the article says already. Change something, then propose it."
        )
    said = {"content": content, "note": note, "began_from": began}
    waiting = article.proposals.open().of(by).first()
    if waiting is None:
        revision = article.revisions.create(
            kind=Revision.Kind.PROPOSED, by=by, by_name=name_of(by), **said
        )
        waiting = article.proposals.create(
            revision=revision, by=by, by_name=name_of(by)
        )
    else:
        article.revisions.filter(pk=waiting.revision_id).update(
            at=timezone.now(), **said
        )
        article.proposals.filter(pk=waiting.pk).update(at=timezone.now())
    record_step(article, Step.What.PROPOSE, by=by, reason=note)
    waiting.refresh_from_db()
    return waiting


def take_over(proposal, *, by=None):
    """
    Put what is proposed into the working copy, beside what others have saved since.

    Raises EditConflict where both changed the same part, and TransitionError when the
    proposal is closed; nothing is done then.
    """
    with transaction.atomic():
        article = Article.objects.held(proposal.article_id)
        proposal.close(Proposal.Status.TAKEN, by=by)
        # Read now: what is closed does not change any more.
        revision = Revision.objects.get(pk=proposal.revision_id)
        words = f"Proposed by {proposal.who}. {revision.note}".strip()
        saved = actions.save(
            article,
            revision.content,
            by=by,
            began_from=_base_of(article, revision),
            note=words[: Revision._meta.get_field("note").max_length],
        )
        record_step(article, Step.What.TAKE_OVER, by=by, reason=f"of {proposal.who}")
        _tell(proposal, by)
    return saved


def what_comes_of(proposal):
    """
    What the working copy would say with the proposal taken over, and the parts that both changed.

    A part in conflict stands there as it is proposed.
    """
    article, revision = proposal.article, proposal.revision
    working = article.working_content()
    began = _base_of(article, revision)
    if began is None:
        base = working
    else:
        found = article.revisions.filter(pk=began).first()
        base = found.content if found else {}
    return merged(base, working | revision.content, working)


def decline(proposal, *, answer, by=None):
    """Leave the article as it is, and tell the writer why."""
    with transaction.atomic():
        article = Article.objects.held(proposal.article_id)
        proposal.close(Proposal.Status.DECLINED, by=by, answer=answer)
        record_step(article, Step.What.DECLINE, by=by, reason=answer)
        _tell(proposal, by)


def take_back(proposal, *, by=None):
    """The writer does not propose it any more."""
    with transaction.atomic():
        article = Article.objects.held(proposal.article_id)
        proposal.close(Proposal.Status.WITHDRAWN, by=by)
        record_step(article, Step.What.TAKE_BACK, by=by)


# No revision has this key: a proposal that began from one that is gone.
LOST = 0


def _base_of(article, revision):
    """
    The key of the revision that the proposal began from.

    Where that is not known: the newest one while nobody has saved since, as all of the
    proposal is meant then; otherwise LOST, which lets every part conflict that differs.
    """
    if revision.began_from_id:
        return revision.began_from_id
    working = article.revisions.working()
    if working.filter(at__gt=revision.at).exists():
        return LOST
    newest = working.first()
    return newest.pk if newest else None


def _tell(proposal, by):
    # Robust: what was done is done, whether or not the mail server can be reached.
    transaction.on_commit(partial(tell_writer_of_answer, proposal, by=by), robust=True)
