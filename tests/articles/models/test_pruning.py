"""Revisions that are never pruned: those that open work is based on."""

import pytest

from articles.models import Article, Proposal, Revision, Unsaved
from articles.publishing.actions import EditConflict, save
from articles.publishing.proposals import decline, preview_merge, propose, take_over
from tests.factories import make_article, make_user, make_visible_article

# More than are kept of any ten minutes.
MANY = 12


@pytest.fixture(autouse=True)
def _few_are_kept(settings):
    settings.REVISIONS_KEPT = 3


@pytest.fixture
def writer(db):
    return make_user(role="Writers")


def saved(article, **content):
    return save(article, content, began_from=latest(article))


def latest(article):
    copy = article.working_copy
    return copy.pk if copy else None


def save_often(article):
    for number in range(MANY):
        saved(article, standfirst=f"Version {number}.")


def is_kept(revision):
    return Revision.objects.filter(pk=revision.pk).exists()


def test_what_nothing_began_from_is_forgotten(db):
    article = make_article()
    revision = saved(article, title="Forgotten")
    save_often(article)
    assert not is_kept(revision)


def test_the_base_of_an_open_proposal_is_kept_until_it_is_answered(writer):
    article = make_visible_article(created_by=writer)
    base = saved(article, title="As it was when it was proposed")
    proposal = propose(article, {"body": "<p>x</p>"}, by=writer, began_from=base.pk)
    save_often(article)
    assert is_kept(base)
    decline(proposal, answer="No.")
    saved(article, standfirst="One more.")
    assert not is_kept(base)


def test_a_proposal_reverts_none_of_many_later_saves(writer):
    article = make_visible_article(created_by=writer)
    base = saved(article, title="Old")
    proposal = propose(
        article, {"body": "<p>Proposed.</p>"}, by=writer, began_from=base.pk
    )
    saved(article, title="New")
    save_often(article)
    take_over(proposal)
    content = Article.objects.get(pk=article.pk).working_content()
    assert (content["title"], content["body"]) == ("New", "<p>Proposed.</p>")


def test_where_the_base_is_gone_and_others_have_saved_nothing_is_taken_over_unseen(
    writer,
):
    article = make_visible_article(title="Old", created_by=writer)
    base = saved(article, standfirst="x")
    proposal = propose(
        article, {"body": "<p>Proposed.</p>"}, by=writer, began_from=base.pk
    )
    saved(article, title="New")
    # As pruning left it before it kept the bases of open work.
    Revision.objects.filter(pk=proposal.revision_id).update(began_from=None)
    proposal = Proposal.objects.get()
    with pytest.raises(EditConflict) as conflict:
        take_over(proposal)
    assert set(conflict.value.parts) == {"title", "body"}
    _, parts = preview_merge(Proposal.objects.get())
    assert set(parts) == {"title", "body"}
    assert Article.objects.get().working_content()["title"] == "New"


def test_a_proposal_for_what_was_never_saved_begins_from_what_it_said(writer):
    article = make_visible_article(title="Old", created_by=writer)
    proposal = propose(article, {"body": "<p>Proposed.</p>"}, by=writer)
    assert proposal.revision.began_from.content["title"] == "Old"


def test_the_base_of_words_that_are_not_saved_yet_is_kept(writer):
    article = make_article(created_by=writer)
    base = saved(article, title="On the screen")
    row = Unsaved.objects.store(article, {"title": "x"}, by=writer, began_from=base)
    save_often(article)
    assert is_kept(base)
    row.delete()
    saved(article, standfirst="One more.")
    assert not is_kept(base)


def test_the_base_of_scheduled_changes_is_kept(db):
    article = make_visible_article()
    base = saved(article, title="Base")
    changes = saved(article, title="To come")
    at = changes.at
    Revision.objects.filter(pk=changes.pk).update(kind="scheduled", publish_at=at)
    save_often(article)
    assert is_kept(base)
