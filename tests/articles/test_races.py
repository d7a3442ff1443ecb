"""Two editors at the same moment, each with their own connection."""

from functools import partial

import pytest

from articles.models import Article, ArticleBatch, TransitionError
from articles.publishing import actions
from articles.publishing.bulk import run_bulk_action, undo_bulk_action
from articles.publishing.proposals import decline, propose
from comments.posting.submit import submit_comment
from tests.comments.posting.test_submit import a_comment, all_at_once
from tests.factories import make_article, make_user, make_visible_article
from tests.racing import Beside, held_open, on_postgresql

pytestmark = pytest.mark.django_db(transaction=True)


def same(article):
    return Article.objects.get(pk=article.pk)


@on_postgresql
def test_of_two_put_on_top_in_the_same_moment_the_later_is_told():
    first, second = make_visible_article(title="A"), make_visible_article(title="B")
    with held_open(same(first).put_on_top):
        later = Beside(same(second).put_on_top)
        assert later.waits()
    refusal = later.join()
    assert isinstance(refusal, TransitionError), refusal
    assert "“B” is not there" in str(refusal)
    assert Article.objects.on_top().get() == first
    assert not second.steps.exists()
    same(second).put_on_top()
    assert Article.objects.on_top().get() == second


def test_many_put_on_top_at_once_leave_one_there_and_no_error():
    articles = [make_visible_article() for _ in range(4)]
    results = all_at_once(*[same(article).put_on_top for article in articles])
    assert all(one is None or isinstance(one, TransitionError) for one in results)
    assert Article.objects.on_top().count() == 1


@on_postgresql
def test_undoing_in_the_moment_in_which_another_goes_on_top_undoes_the_rest():
    first, second, other = (make_visible_article() for _ in range(3))
    first.put_on_top()
    batch = run_bulk_action("off_top", [first], Article.take_off_top, by=None).batch
    with held_open(same(other).put_on_top):
        undoing = Beside(lambda: undo_bulk_action(batch, by=None))
        assert undoing.waits()
    outcome = undoing.join()
    assert [article for article, _ in outcome.skipped] == [first]
    assert Article.objects.on_top().get() == other
    assert second.status == "published"


@on_postgresql
@pytest.mark.parametrize("of_the_same", [True, False])
def test_a_comment_waits_for_no_editor_who_holds_an_article(of_the_same):
    article, other = make_visible_article(), make_visible_article()
    with held_open(lambda: Article.objects.held(article.pk)):
        on = article if of_the_same else other
        sent = Beside(lambda: submit_comment(a_comment(on), network="n"))
        assert sent.join().pk
        decided = Beside(sent.result.approve)
        assert decided.join() is None


@on_postgresql
def test_two_editors_wait_for_each_other():
    article = make_article()
    with held_open(lambda: same(article).submit()):
        later = Beside(same(article).publish)
        assert later.waits()
    assert later.join() is None
    assert [step.what for step in article.steps.all()] == ["publish", "submit"]


def test_what_is_saved_while_another_publishes_is_never_reverted():
    for _ in range(3):
        article = make_article(title="Old")
        results = all_at_once(
            partial(actions.publish, same(article)),
            partial(actions.save, same(article), {"title": "New"}),
        )
        assert not [one for one in results if isinstance(one, Exception)], results
        actions.publish_changes(same(article))
        assert same(article).title == "New"


def test_an_undoing_that_two_go_on_with_at_once_undoes_each_article_once():
    articles = [make_article() for _ in range(5)]
    batch = run_bulk_action("submit", articles, Article.submit, by=None).batch

    def stop(article):
        if article == articles[1]:
            raise RuntimeError("the power went")
        return ""

    with pytest.raises(RuntimeError):
        undo_bulk_action(batch, by=None, refusal_of=stop)
    batches = [ArticleBatch.objects.get(pk=batch.pk) for _ in range(2)]
    results = all_at_once(*[partial(undo_bulk_action, one, by=None) for one in batches])
    # The later one, for whom nothing is left, is told that it was undone.
    assert all(
        not isinstance(one, Exception) or isinstance(one, TransitionError)
        for one in results
    ), results
    for article in articles:
        assert same(article).status == "draft"
        assert article.steps.filter(what="undo").count() == 1


def test_no_words_go_into_a_proposal_that_is_being_declined():
    writer = make_user(role="Writers")
    for _ in range(3):
        article = make_visible_article(created_by=writer)
        proposal = propose(article, {"title": "First"}, by=writer)
        refused, again = all_at_once_in_order(
            partial(decline, proposal, answer="No."),
            partial(propose, same(article), {"title": "Second"}, by=writer),
        )
        assert refused is None or isinstance(refused, TransitionError), refused
        assert again.is_open
        assert again.revision.content["title"] == "Second"


def all_at_once_in_order(*works):
    """The results in the order of the works."""
    results = {}

    def keep(number, work):
        try:
            results[number] = work()
        except TransitionError as refused:
            results[number] = refused

    all_at_once(*[lambda n=n, w=w: keep(n, w) for n, w in enumerate(works)])
    return [results[number] for number in range(len(works))]
