"""Proposals: changes that writers suggest for articles that they may not change."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.content.html import clean_article
from articles.content.snapshots import differing_parts, three_way_merge
from articles.core.append_only import name_of
from articles.models import Article, Proposal, Revision, Step, TransitionError
from articles.models.article_steps import record_step
from articles.models.held_row import on_held_row
from articles.publishing import actions
from articles.publishing.notifications import tell_writer_of_answer


@on_held_row
def propose(article, parts, *, by, note="", began_from=None):
    """
    Store a proposal and return it. An open proposal by the same writer is overwritten.

    `parts` are the parts of a snapshot that were typed; `began_from` is the key of the
    revision that was on the screen. Raises TransitionError when nothing would change.
    """
    working = article.revisions.working()
    if began_from is None:
        # There was no revision when the form was opened, so the first one was the base.
        began = working.last() or actions.make_working_copy(article)
    else:
        began = working.filter(pk=began_from).first()
    base = began.content if began else article.working_content()
    content = base | parts
    content["body"] = clean_article(content["body"])
    if not differing_parts(content, base):
        raise TransitionError(
            _("This is the same as the article. Change something, then propose it.")
        )
    fields = {"content": content, "note": note, "began_from": began}
    waiting = article.proposals.open().of(by).first()
    if waiting is None:
        revision = article.revisions.create(
            kind=Revision.Kind.PROPOSED, by=by, by_name=name_of(by), **fields
        )
        waiting = article.proposals.create(
            revision=revision, by=by, by_name=name_of(by)
        )
    else:
        article.revisions.filter(pk=waiting.revision_id).update(
            at=timezone.now(), **fields
        )
        article.proposals.filter(pk=waiting.pk).update(at=timezone.now())
    record_step(article, Step.What.PROPOSE, by=by, reason=note)
    waiting.refresh_from_db()
    return waiting


def take_over(proposal, *, by=None):
    """
    Merge a proposal into the working copy, and return the new revision.

    Raises EditConflict when others have changed the same part since, and TransitionError
    when the proposal is closed. In both cases nothing is done.
    """
    with transaction.atomic():
        article = Article.objects.held(proposal.article_id)
        proposal.close(Proposal.Status.TAKEN, by=by)
        # Read after closing, because a closed proposal no longer changes.
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
        tell_writer_of_answer(proposal, by=by)
    return saved


def preview_merge(proposal):
    """
    The content after taking over the proposal, and the parts in conflict.

    In a conflict the content has the proposed part.
    """
    article, revision = proposal.article, proposal.revision
    working = article.working_content()
    began = _base_of(article, revision)
    if began is None:
        base = working
    else:
        found = article.revisions.filter(pk=began).first()
        base = found.content if found else {}
    return three_way_merge(base, working | revision.content, working)


def decline(proposal, *, answer, by=None):
    """Decline the proposal, and mail the answer to the writer."""
    with transaction.atomic():
        article = Article.objects.held(proposal.article_id)
        proposal.close(Proposal.Status.DECLINED, by=by, answer=answer)
        record_step(article, Step.What.DECLINE, by=by, reason=answer)
        tell_writer_of_answer(proposal, by=by)


def take_back(proposal, *, by=None):
    """Withdraw the proposal; for its writer."""
    with transaction.atomic():
        article = Article.objects.held(proposal.article_id)
        proposal.close(Proposal.Status.WITHDRAWN, by=by)
        record_step(article, Step.What.TAKE_BACK, by=by)


# The key of a lost base: no revision has it, so every differing part is in conflict.
LOST = 0


def _base_of(article, revision):
    """
    The key of the revision that the proposal is based on.

    If it is unknown: the newest revision while nobody has saved since the proposal, so that
    nothing conflicts; otherwise LOST, so that every differing part does.
    """
    if revision.began_from_id:
        return revision.began_from_id
    working = article.revisions.working()
    if working.filter(at__gt=revision.at).exists():
        return LOST
    newest = working.first()
    return newest.pk if newest else None
