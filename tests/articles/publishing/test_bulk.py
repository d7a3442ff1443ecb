from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from articles.core import batches
from articles.models import Article, ArticleBatch, Person, TransitionError
from articles.publishing import actions
from articles.publishing.bulk import run_bulk_action, undo_bulk_action
from tests.factories import (
    DAY,
    HOUR,
    make_article,
    make_person,
    make_user,
    make_visible_article,
)


def do(what, articles, take, **how):
    return run_bulk_action(what, articles, take, **{"by": None} | how)


def standing(*articles):
    return [Article.objects.get(pk=article.pk).status for article in articles]


def working(article):
    return Article.objects.get(pk=article.pk).working_content()


@pytest.fixture
def one(db):
    return make_article(title="One", tags=["Harbour"])


@pytest.fixture
def two(db):
    return make_article(title="Two")


def test_a_step_is_taken_on_each_article_and_undone_on_all(one, two):
    editor = make_user(role="Editors", first_name="Edda", last_name="Torres")
    outcome = do("submit", [one, two], Article.submit, by=editor)
    assert (outcome.done, outcome.skipped) == ([one, two], [])
    assert standing(one, two) == ["in_review", "in_review"]
    undone = undo_bulk_action(outcome.batch, by=editor)
    assert len(undone.done) == 2
    assert standing(one, two) == ["draft", "draft"]
    newest = one.steps.first()
    assert (newest.what, newest.who) == ("undo", "Edda Torres")
    assert f"bulk action {outcome.batch.pk}" in newest.reason


def test_an_article_that_cannot_follow_is_skipped_with_the_reason(one):
    live = make_visible_article(title="Live")
    outcome = do("submit", [live, one], Article.submit)
    assert outcome.done == [one]
    [(article, why_not)] = outcome.skipped
    assert article == live
    assert "“Live” cannot be submitted for review. Its status: Published." in why_not
    assert [item.why_not for item in outcome.batch.items.all()] == [why_not, ""]


@pytest.mark.parametrize("why_not", ["", "Not yours."])
def test_an_article_that_was_deleted_meanwhile_is_skipped_and_keeps_no_other_from_it(
    one, two, why_not
):
    Article.objects.filter(pk=two.pk).delete()
    outcome = do(
        "submit",
        [two, one],
        Article.submit,
        refusal_of=lambda article: why_not if article == two else "",
    )
    assert outcome.done == [one]
    assert outcome.skipped == [(two, "“Two” was deleted at the same moment.")]
    assert outcome.batch.items.get().article == one


def test_an_article_that_is_named_twice_is_in_the_batch_once(one):
    outcome = do("submit", [one, Article.objects.get(pk=one.pk)], Article.submit)
    assert (outcome.done, outcome.skipped) == ([one], [])


def test_an_error_in_the_middle_keeps_what_was_done_and_its_record(one, two):
    def take(article):
        if article == two:
            raise RuntimeError("the power went")
        article.submit()

    with pytest.raises(RuntimeError):
        do("submit", [one, two], take)
    assert standing(one, two) == ["in_review", "draft"]
    undo_bulk_action(ArticleBatch.objects.get(), by=None)
    assert standing(one, two) == ["draft", "draft"]


def test_undoing_a_schedule_gives_back_the_status_and_takes_the_date(one):
    one.submit()
    tomorrow = timezone.now() + DAY
    outcome = do(
        "schedule", [one], lambda article: actions.publish(article, at=tomorrow)
    )
    undo_bulk_action(outcome.batch, by=None)
    one.refresh_from_db()
    assert (one.status, one.published_at) == ("in_review", None)


def test_undoing_a_withdrawal_gives_back_the_page_at_its_old_date(db):
    live = make_visible_article()
    before = live.published_at
    outcome = do(
        "withdraw",
        [live],
        lambda article: article.withdraw(reason="Wrong", notice="Sorry."),
    )
    assert not Article.objects.visible().exists()
    undo_bulk_action(outcome.batch, by=None)
    live.refresh_from_db()
    assert Article.objects.visible().get() == live
    assert (live.published_at, live.notice, live.withdrawal) == (before, "", "")


def test_undoing_leaves_alone_what_somebody_has_moved_since(one, two):
    outcome = do("submit", [one, two], Article.submit)
    one.return_to_draft(note="Shorter.")
    undone = undo_bulk_action(outcome.batch, by=None)
    assert undone.done == [two]
    assert [article for article, _ in undone.skipped] == [one]
    assert one.last_return.reason == "Shorter."


def test_undoing_lets_nothing_appear_that_was_rewritten_since(one, two):
    for article in one, two:
        actions.publish(article, at=timezone.now() + DAY)
    outcome = do("return", [one, two], Article.return_to_draft)
    actions.save(one, one.working_content() | {"title": "Written since"})
    undone = undo_bulk_action(outcome.batch, by=None)
    assert undone.done == [two]
    assert "has not been reviewed" in undone.skipped[0][1]
    assert standing(one, two) == ["draft", "published"]


def test_undoing_never_hides_what_readers_see_until_later(db):
    scheduled = make_visible_article(published_at=timezone.now() + DAY)
    now = timezone.now() - HOUR
    outcome = do("redate", [scheduled], lambda article: article.redate(now))
    undone = undo_bulk_action(outcome.batch, by=None)
    assert "Readers can already see" in undone.skipped[0][1]
    assert Article.objects.visible().exists()


def test_tags_are_added_with_a_version_of_its_own_for_each(one, two):
    outcome = do(
        "tag", [one, two], lambda article: actions.change_tags(article, tags=["Sea"])
    )
    assert working(one)["tags"] == ["Harbour", "Sea"]
    assert working(two)["tags"] == ["Sea"]
    assert one.working_copy.note == "Tags added: Sea."
    undo_bulk_action(outcome.batch, by=None)
    assert (working(one)["tags"], working(two)["tags"]) == (["Harbour"], [])
    assert [tag.name for tag in Article.objects.get(pk=one.pk).tags.all()] == [
        "Harbour"
    ]
    assert "Undone" in one.working_copy.note


def test_tags_of_a_published_article_wait_in_its_working_copy(db):
    live = make_visible_article(tags=["Harbour"])
    do(
        "untag",
        [live],
        lambda one: actions.change_tags(one, tags=["harbour"], remove=True),
    )
    assert working(live)["tags"] == []
    assert [tag.name for tag in live.tags.all()] == ["Harbour"]
    assert live.has_unpublished_changes


def test_an_article_that_says_so_already_is_skipped(one):
    outcome = do(
        "tag", [one], lambda article: actions.change_tags(article, tags=["harbour"])
    )
    assert outcome.skipped == [(one, "“One” is already that way. Nothing was changed.")]
    assert not one.revisions.filter(note__startswith="Tags").exists()


def test_undoing_tags_leaves_alone_what_was_edited_since(one):
    outcome = do(
        "tag", [one], lambda article: actions.change_tags(article, tags=["Sea"])
    )
    actions.change_tags(one, tags=["Fish"])
    undone = undo_bulk_action(outcome.batch, by=None)
    assert "changed in the meantime" in undone.skipped[0][1]
    assert working(one)["tags"] == ["Harbour", "Sea", "Fish"]


def test_undoing_tags_keeps_the_words_that_were_written_since(one):
    outcome = do(
        "tag", [one], lambda article: actions.change_tags(article, tags=["Sea"])
    )
    actions.save(one, {"title": "One and all"}, began_from=one.working_copy.pk)
    undo_bulk_action(outcome.batch, by=None)
    assert working(one)["title"] == "One and all"
    assert working(one)["tags"] == ["Harbour"]


def test_names_come_behind_a_byline_or_in_its_place(one):
    ana, ben = make_person(name="Ana Ruiz"), Person(name="Ben Cole")
    one.set_writers(ana)
    do(
        "sign",
        [one],
        lambda article: actions.change_byline(article, credits=[(ben, "photographs")]),
    )
    assert [(c["name"], c["role"]) for c in working(one)["byline"]] == [
        ("Ana Ruiz", "by"),
        ("Ben Cole", "photographs"),
    ]
    outcome = do(
        "sign",
        [one],
        lambda article: actions.change_byline(
            article, credits=[(ben, "by")], in_place=True
        ),
    )
    assert [c["name"] for c in working(one)["byline"]] == ["Ben Cole"]
    undo_bulk_action(outcome.batch, by=None)
    assert [c["name"] for c in working(one)["byline"]] == ["Ana Ruiz", "Ben Cole"]


def test_a_batch_is_undone_once(one):
    outcome = do("submit", [one], Article.submit)
    undo_bulk_action(outcome.batch, by=make_user(first_name="Edda"))
    with pytest.raises(TransitionError, match="Edda has already undone this"):
        undo_bulk_action(outcome.batch, by=None)


@pytest.fixture
def half_undone(one, two):
    """A batch of both articles whose undo stopped after the first."""
    outcome = do("submit", [one, two], Article.submit)

    def refusal_of(article):
        if article == two:
            raise RuntimeError("the power went")
        return ""

    with pytest.raises(RuntimeError):
        undo_bulk_action(outcome.batch, by=None, refusal_of=refusal_of)
    assert standing(one, two) == ["draft", "in_review"]
    return ArticleBatch.objects.get(pk=outcome.batch.pk)


def test_an_undoing_that_stopped_goes_on_and_undoes_nothing_twice(
    half_undone, one, two
):
    assert half_undone.is_open
    assert half_undone.is_half_undone
    outcome = undo_bulk_action(half_undone, by=None)
    assert (outcome.done, outcome.skipped) == ([two], [])
    assert standing(one, two) == ["draft", "draft"]
    for article in one, two:
        assert article.steps.filter(what="undo").count() == 1
    finished = ArticleBatch.objects.get(pk=half_undone.pk)
    assert finished.undone == half_undone.undone
    assert not finished.is_open
    with pytest.raises(TransitionError, match="has already undone this"):
        undo_bulk_action(finished, by=None)


def test_an_undoing_that_began_in_time_can_be_finished_afterwards(half_undone, two):
    with time_machine.travel(timezone.now() + 2 * DAY):
        undo_bulk_action(half_undone, by=None)
    assert standing(two) == ["draft"]


def test_what_was_moved_after_an_undoing_is_not_moved_by_its_going_on(
    half_undone, one, two
):
    one.submit()
    undo_bulk_action(half_undone, by=None)
    assert standing(one, two) == ["in_review", "draft"]


def test_the_lists_know_which_batches_are_half_undone(half_undone):
    whole = do("return", [make_visible_article()], Article.withdraw).batch
    undo_bulk_action(whole, by=None)
    listed = ArticleBatch.objects.with_left_to_undo().in_bulk()
    assert listed[half_undone.pk].is_half_undone
    assert not listed[whole.pk].is_half_undone


# On top of the front page


def put_off_top(article):
    article.put_on_top()
    return do("off_top", [article], Article.take_off_top).batch


def test_undoing_does_not_take_the_place_on_top_from_another(db):
    first, second, other = (make_visible_article(title=t) for t in "ABC")
    batch = put_off_top(first)
    other.put_on_top()
    undone = undo_bulk_action(batch, by=None)
    assert undone.skipped == [
        (
            first,
            "“C” is now on top of the front page, so “A” is not put back there.",
        )
    ]
    assert Article.objects.on_top().get() == other
    # The rest of a batch is undone.
    second.put_on_top()
    outcome = do("withdraw", [first, second], Article.withdraw)
    other.put_on_top()
    undone = undo_bulk_action(outcome.batch, by=None)
    assert (undone.done, undone.skipped) == ([first, second], [])
    assert standing(first, second) == ["published", "published"]
    assert Article.objects.on_top().get() == other
    assert undone.remarks == [
        "“C” is now on top of the front page, so “B” is not put back there."
    ]


def test_undoing_puts_back_on_top_where_nobody_else_is(db):
    first = make_visible_article()
    undo_bulk_action(put_off_top(first), by=None)
    assert Article.objects.on_top().get() == first


# What was on the screen


def test_an_article_that_was_changed_since_it_was_shown_is_left_out(one, two):
    shown = {article.pk: article.modified_at for article in (one, two)}
    actions.save(Article.objects.get(pk=one.pk), {"title": "New"})
    outcome = do("submit", [one, two], Article.submit, shown=shown)
    assert outcome.done == [two]
    [(article, why_not)] = outcome.skipped
    assert article == one
    assert "“New” was changed after it was shown to you" in why_not
    assert standing(one, two) == ["draft", "in_review"]


def test_an_undoing_is_not_undone(one):
    undone = undo_bulk_action(do("submit", [one], Article.submit).batch, by=None)
    with pytest.raises(TransitionError, match="an undo itself"):
        undo_bulk_action(undone.batch, by=None)


def test_after_a_day_nothing_is_undone(one):
    outcome = do("submit", [one], Article.submit)
    with (
        time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)),
        pytest.raises(TransitionError, match="24 hours"),
    ):
        undo_bulk_action(outcome.batch, by=None)
    assert standing(one) == ["in_review"]


def test_an_undoing_refuses_what_another_article_has_taken_since(one):
    # The slug of a draft is not reserved: another article may be published under it.
    one.publish(at=timezone.now() + DAY)
    outcome = do("return", [one], lambda article: article.return_to_draft(note="No."))
    Article.objects.filter(pk=one.pk).update(slug="elsewhere")
    other = make_visible_article(slug="one")
    other.redate(other.published_at - HOUR)
    Article.objects.filter(pk=other.pk).update(slug="moved")
    Article.objects.filter(pk=one.pk).update(slug="one")
    undone = undo_bulk_action(outcome.batch, by=None)
    assert "belongs to another article" in undone.skipped[0][1]
    assert standing(one) == ["draft"]


@pytest.mark.django_db(transaction=True)
def test_on_sqlite_others_get_a_turn_to_write_after_each_article(monkeypatch):
    pauses = []
    monkeypatch.setattr(batches, "sleep", pauses.append)
    articles = [make_article(), make_article()]
    undo_bulk_action(do("submit", articles, Article.submit).batch, by=None)
    assert len(pauses) == (4 if connection.vendor == "sqlite" else 0)
    assert all(0 < pause <= batches.LONGEST_PAUSE for pause in pauses)
