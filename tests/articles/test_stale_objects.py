"""Steps on stale objects do not lose what others have saved since."""

from functools import partial

import pytest
from django.utils import timezone

from articles.models import Article, TransitionError
from articles.publishing import actions, planning
from articles.publishing.bulk import run_bulk_action
from articles.publishing.proposals import propose, take_over
from tests.factories import DAY, HOUR, make_article, make_user, make_visible_article


def scheduled():
    article = make_article()
    article.publish(at=timezone.now() + DAY)
    return article


def in_review():
    article = make_article()
    article.submit()
    return article


def withdrawn():
    article = make_visible_article()
    article.withdraw()
    return article


def under_embargo():
    return make_article(embargo_until=timezone.now() + DAY)


def same(article):
    """Another object of the same row, as in another request."""
    return Article.objects.get(pk=article.pk)


NOW = timezone.now()
STEPS = {
    "submit": (make_article, Article.submit),
    "publish": (make_article, Article.publish),
    "publish at the desk": (make_article, actions.publish),
    "publish out of review": (in_review, actions.publish),
    "publish again": (withdrawn, actions.publish),
    "return": (in_review, Article.return_to_draft),
    "return to the writer": (scheduled, actions.return_to_writer),
    "redate": (scheduled, partial(Article.redate, at=NOW - HOUR)),
    "withdraw": (make_visible_article, Article.withdraw),
    "put on top": (make_visible_article, Article.put_on_top),
    "rename": (make_visible_article, partial(Article.rename, slug="elsewhere")),
    "lift": (under_embargo, partial(Article.lift_embargo, reason="x")),
    "publish changes": (make_visible_article, actions.publish_changes),
    "schedule changes": (
        make_visible_article,
        partial(actions.schedule_changes, at=NOW + DAY),
    ),
    "correct": (
        make_visible_article,
        partial(actions.correct, kind="correction", text="It is 6."),
    ),
    "tag": (make_article, partial(actions.change_tags, tags=["Sea"])),
    "write_snapshot": (
        make_article,
        lambda article: article.write_snapshot({"language": "de"}),
    ),
    "put dates": (
        make_article,
        partial(
            actions.change_dates,
            dates={"planned_for": NOW.date()},
            instead_of={"planned_for": None},
        ),
    ),
    "duplicate": (make_article, planning.duplicate),
}


@pytest.mark.parametrize("name", STEPS)
def test_no_step_brings_back_what_a_colleague_has_replaced(db, name):
    make, step = STEPS[name]
    article = make()
    stale = same(article)
    actions.save(
        article,
        {"title": "New", "body": "<p>New words.</p>"},
        began_from=(article.working_copy and article.working_copy.pk),
    )
    step(stale)
    now = same(article)
    assert now.working_content()["title"] == "New"
    if now.status == Article.Status.PUBLISHED:
        # What the next editor to publish would show to readers.
        actions.publish_changes(now)
        assert (now.title, now.body) == ("New", "<p>New words.</p>")


@pytest.mark.parametrize("name", STEPS)
def test_the_object_that_a_step_was_taken_with_says_what_the_database_says(db, name):
    make, step = STEPS[name]
    article = make()
    stale = same(article)
    Article.objects.filter(pk=article.pk).update(standfirst="Others wrote this.")
    if name == "duplicate":
        return
    step(stale)
    for field in Article._meta.concrete_fields:
        now = getattr(same(article), field.attname)
        assert getattr(stale, field.attname) == now, field.name


def test_two_drafts_that_are_published_together_keep_what_was_saved_meanwhile(db):
    drafts = [make_article(), make_article()]
    stale = [same(article) for article in drafts]
    actions.save(drafts[0], {"title": "New"})
    run_bulk_action("publish", stale, actions.publish, by=None)
    live = same(drafts[0])
    actions.publish_changes(live)
    assert live.title == "New"


def test_a_refused_step_leaves_the_object_as_the_database_is(db):
    article = make_article()
    stale = same(article)
    article.submit()
    with pytest.raises(TransitionError):
        stale.submit()
    assert stale.status == "in_review"


def test_a_step_whose_address_is_another_articles_leaves_the_object_a_draft(db):
    article, other = make_article(slug="one"), make_article(slug="two")
    other.publish()
    Article.objects.filter(pk=other.pk).update(slug="three")
    Article.objects.filter(pk=article.pk).update(slug="two")
    with pytest.raises(TransitionError, match="belongs to another article"):
        article.publish()
    assert (article.status, article.published_at) == ("draft", None)
    assert not article.steps.exists()


def test_a_proposal_is_taken_over_beside_what_was_saved_meanwhile(db):
    writer = make_user(role="Writers")
    article = make_visible_article(title="Old", created_by=writer)
    proposal = propose(article, {"standfirst": "Proposed."}, by=writer)
    proposal.article.title  # noqa: B018 - read, and stale from now on
    actions.save(same(article), {"title": "New"}, began_from=article.working_copy.pk)
    take_over(proposal)
    content = same(article).working_content()
    assert (content["title"], content["standfirst"]) == ("New", "Proposed.")


def test_a_draft_without_a_revision_is_not_published_with_words_saved_since(db):
    article = make_article()
    actions.save(same(article), {"title": "New"})
    with pytest.raises(TransitionError, match="has saved “New” since"):
        actions.publish(article, revision=actions.NO_REVISION)
    untouched = make_article()
    actions.publish(untouched, revision=actions.NO_REVISION)
    assert untouched.is_visible


def test_changes_that_wait_come_along_when_a_scheduled_article_is_a_draft_again(db):
    article = scheduled()
    actions.save(article, {"title": "New"}, began_from=article.working_copy.pk)
    article.return_to_draft()
    assert (article.title, article.working_content()["title"]) == ("New", "New")
