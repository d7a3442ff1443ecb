"""Changes that writers propose to what they may not change themselves."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from articles import desk
from articles.append_only import name_of
from articles.markup import clean_article
from articles.models import Article, Proposal, Revision, Step, TransitionError
from articles.notifications import tell_writer_of_answer
from articles.snapshots import differing, merged


def propose(article, parts, *, by, note="", began_from=None):
    """
    Keep what the writer would have the article say; a proposal of theirs that still waits is overwritten.

    `parts` are those of a snapshot that were typed, `began_from` is the key of the
    revision that was on the screen. Raises TransitionError when it changes nothing.
    """
    with transaction.atomic():
        held = Article.objects.select_for_update().get(pk=article.pk)
        began = held.revisions.working().filter(pk=began_from or 0).first()
        base = began.content if began else held.working_content()
        content = base | parts
        content["body"] = clean_article(content["body"])
        if not differing(content, base):
            raise TransitionError(
                "This says what the article says already. Change something, then propose it."
            )
        said = {"content": content, "note": note, "began_from": began}
        waiting = held.proposals.open().of(by).first()
        if waiting is None:
            revision = held.revisions.create(
                kind=Revision.Kind.PROPOSED, by=by, by_name=name_of(by), **said
            )
            waiting = held.proposals.create(
                revision=revision, by=by, by_name=name_of(by)
            )
        else:
            held.revisions.filter(pk=waiting.revision_id).update(
                at=timezone.now(), **said
            )
            held.proposals.filter(pk=waiting.pk).update(at=timezone.now())
        desk.record(held, Step.What.PROPOSE, by=by, reason=note)
    waiting.refresh_from_db()
    return waiting


def take_over(proposal, *, by=None):
    """
    Put what is proposed into the working copy, beside what others have saved since.

    Raises EditConflict where both changed the same part, and TransitionError when the
    proposal is closed; nothing is done then.
    """
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=proposal.article_id)
        proposal.close(Proposal.Status.TAKEN, by=by)
        # Read now: what is closed does not change any more.
        revision = Revision.objects.get(pk=proposal.revision_id)
        words = f"Proposed by {proposal.who}. {revision.note}".strip()
        saved = desk.save(
            article,
            revision.content,
            by=by,
            began_from=_base_of(article, revision),
            note=words[: Revision._meta.get_field("note").max_length],
        )
        desk.record(article, Step.What.TAKE_OVER, by=by, reason=f"of {proposal.who}")
        _tell(proposal, by)
    return saved


def what_comes_of(proposal):
    """
    What the working copy would say with the proposal taken over, and the parts that both changed.

    A part in conflict stands there as it is proposed.
    """
    article, revision = proposal.article, proposal.revision
    working = article.working_content()
    began = revision.began_from
    base = began.content if began else working
    return merged(base, working | revision.content, working)


def decline(proposal, *, answer, by=None):
    """Leave the article as it is, and tell the writer why."""
    with transaction.atomic():
        proposal.close(Proposal.Status.DECLINED, by=by, answer=answer)
        desk.record(proposal.article, Step.What.DECLINE, by=by, reason=answer)
        _tell(proposal, by)


def take_back(proposal, *, by=None):
    """The writer does not propose it any more."""
    with transaction.atomic():
        proposal.close(Proposal.Status.WITHDRAWN, by=by)
        desk.record(proposal.article, Step.What.TAKE_BACK, by=by)


def _base_of(article, revision):
    """Which revision the proposal began from; where none is known any more, the newest: then all of it counts as meant."""
    if revision.began_from_id:
        return revision.began_from_id
    newest = article.working_copy
    return newest.pk if newest else None


def _tell(proposal, by):
    # Robust: what was done is done, whether or not the mail server can be reached.
    transaction.on_commit(partial(tell_writer_of_answer, proposal, by=by), robust=True)
