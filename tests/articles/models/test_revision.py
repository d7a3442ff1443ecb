from datetime import timedelta

import pytest
from django.utils import timezone

from articles.content.snapshots import snapshot_of
from articles.models import Article, TransitionError
from articles.publishing.actions import (
    DueChangesFailed,
    EditConflict,
    publish,
    publish_changes,
    publish_due_changes,
    save,
    schedule_changes,
    unschedule_changes,
)
from tests.factories import (
    HOUR,
    make_article,
    make_person,
    make_user,
    make_visible_article,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana(db):
    return make_user(role="Editors", first_name="Ana", last_name="Ruiz")


def fresh(article):
    return Article.objects.get(pk=article.pk)


def changed(article, **parts):
    return article.working_content() | parts


def test_what_is_saved_of_a_live_article_waits_until_the_changes_are_published(ana):
    article = make_visible_article(title="Old", tags=["a"])
    save(article, changed(article, title="New", tags=["b", "a"]), by=ana)
    live = fresh(article)
    assert (live.title, [str(tag) for tag in live.tags.all()]) == ("Old", ["a"])
    assert live.has_unpublished_changes
    publish_changes(live, by=ana)
    assert (live.title, [str(tag) for tag in live.tags.all()]) == ("New", ["b", "a"])
    assert not live.has_unpublished_changes
    assert live.working_copy.is_published
    step = live.steps.first()
    assert (step.what, step.by_name) == ("change", "Ana Ruiz")


def test_what_is_saved_of_a_draft_stands_there_at_once(ana):
    article = make_article(title="Old")
    person = make_person()
    byline = [{"person": person.pk, "name": person.name, "role": "by"}]
    save(article, changed(article, title="New", byline=byline), by=ana)
    assert fresh(article).title == "New"
    assert fresh(article).people == [person]
    assert not fresh(article).has_unpublished_changes


def test_publishing_keeps_what_went_live(db, ana):
    article = make_article()
    publish(article, by=ana)
    revision = article.working_copy
    assert revision.is_published
    assert revision.content == snapshot_of(article)


def test_saving_the_same_again_makes_no_revision(ana):
    article = make_visible_article()
    first = save(article, changed(article, title="New"), by=ana)
    again = save(article, changed(article), by=ana, began_from=first.pk)
    assert again == first


def test_two_who_touch_different_parts_are_merged_and_the_same_part_is_asked_about(ana):
    article = make_visible_article(title="Old", standfirst="Old")
    began = save(article, changed(article, standfirst="Begun"), by=ana)
    mine = changed(article, title="Mine")
    theirs = changed(article, standfirst="Theirs")
    save(article, theirs, by=ana, began_from=began.pk)
    both = save(article, mine, by=ana, began_from=began.pk)
    assert (both.content["title"], both.content["standfirst"]) == ("Mine", "Theirs")
    with pytest.raises(EditConflict) as conflict:
        save(article, changed(article, title="Other"), by=ana, began_from=began.pk)
    assert conflict.value.parts == ["title"]
    assert article.working_copy == both


def test_only_what_was_on_the_screen_is_published(ana):
    article = make_visible_article()
    seen = save(article, changed(article, title="New"), by=ana)
    save(article, changed(article, title="Newer"), by=ana, began_from=seen.pk)
    with pytest.raises(TransitionError, match="Ana Ruiz has saved"):
        publish_changes(article, revision=seen, by=ana)
    assert fresh(article).title == article.title


def test_a_snapshot_from_before_a_part_existed_leaves_that_part_alone(ana):
    article = make_visible_article(title="Old", standfirst="Kept")
    save(article, {"title": "New"}, by=ana)
    publish_changes(article, by=ana)
    assert (article.title, article.standfirst) == ("New", "Kept")


def test_scheduled_changes_go_live_at_their_time_and_not_before(ana):
    article = make_visible_article(title="Old")
    save(article, changed(article, title="New"), by=ana)
    schedule_changes(article, at=timezone.now() + HOUR, by=ana)
    publish_due_changes()
    assert fresh(article).title == "Old"
    article.revisions.update(publish_at=timezone.now())
    publish_due_changes()
    assert fresh(article).title == "New"
    assert [step.what for step in article.steps.all()] == ["change", "schedule_changes"]
    publish_due_changes()
    assert article.steps.count() == 2


def test_scheduled_changes_tell_readers_where_that_was_asked_for(ana):
    told, quiet = make_visible_article(), make_visible_article()
    for article, tell_readers in [(told, True), (quiet, False)]:
        save(article, changed(article, title="New"), by=ana)
        schedule_changes(article, at=timezone.now(), tell_readers=tell_readers, by=ana)
    assert fresh(told).updated is None
    publish_due_changes()
    assert fresh(told).updated is not None
    assert (fresh(quiet).title, fresh(quiet).updated) == ("New", None)


@pytest.mark.parametrize("step", [publish_changes, schedule_changes])
def test_changes_that_were_scheduled_do_not_come_back_over_newer_ones(ana, step):
    article = make_visible_article(title="Old")
    first = save(article, changed(article, title="Whit a mistake"), by=ana)
    schedule_changes(article, at=timezone.now(), tell_readers=True, by=ana)
    second = changed(article, title="With no mistake")
    save(article, second, by=ana, began_from=first.pk)
    at = {"at": timezone.now() + HOUR} if step == schedule_changes else {}
    step(article, by=ana, **at)
    assert not article.revisions.scheduled().filter(pk=first.pk).exists()
    assert not article.revisions.get(pk=first.pk).tells_readers
    publish_due_changes()
    shown = "Old" if at else "With no mistake"
    assert (fresh(article).title, fresh(article).updated) == (shown, None)


@pytest.mark.parametrize("step", [Article.withdraw, Article.return_to_draft])
def test_changes_stay_at_the_desk_when_their_article_leaves_the_schedule_or_the_site(
    ana, step
):
    hour = HOUR if step == Article.return_to_draft else -HOUR
    article = make_visible_article(title="Old", published_at=timezone.now() + hour)
    save(article, changed(article, title="New"), by=ana)
    schedule_changes(article, at=timezone.now(), by=ana)
    step(fresh(article), by=ana)
    publish_due_changes()
    # The form of a draft edits the article itself.
    is_draft = step == Article.return_to_draft
    assert fresh(article).title == ("New" if is_draft else "Old")
    assert article.working_copy.content["title"] == "New"
    assert fresh(article).working_content()["title"] == "New"
    assert not article.revisions.scheduled().exists()


def test_one_whose_scheduled_changes_fail_keeps_no_other_from_going_live(ana):
    broken, fine = make_visible_article(), make_visible_article()
    for article in broken, fine:
        save(article, changed(article, title="New"), by=ana)
        schedule_changes(article, at=timezone.now(), by=ana)
    broken.revisions.update(content={"slug": fine.slug})
    with pytest.raises(DueChangesFailed, match=str(broken.pk)):
        publish_due_changes()
    assert fresh(fine).title == "New"
    assert fresh(broken).slug == broken.slug
    assert broken.revisions.due().exists()


def test_changes_that_are_taken_off_the_schedule_wait_in_the_working_copy(ana):
    article = make_visible_article()
    save(article, changed(article, title="New"), by=ana)
    schedule_changes(article, at=timezone.now(), by=ana)
    unschedule_changes(article, by=ana)
    publish_due_changes()
    assert fresh(article).has_unpublished_changes
    with pytest.raises(TransitionError, match="No changes of"):
        unschedule_changes(article, by=ana)


def test_of_many_drafts_the_newest_and_one_of_each_ten_minutes_are_kept(ana):
    article = make_article()
    now = timezone.now().replace(minute=5)
    drafts = [
        article.revisions.create(content={"title": f"{n}"}, at=now - n * MINUTE)
        for n in range(60, 0, -1)
    ]
    kept_by_name, kept_as_published = drafts[3], drafts[4]
    article.revisions.filter(pk=kept_by_name.pk).update(label="For the lawyers")
    article.revisions.filter(pk=kept_as_published.pk).update(kind="published")
    article.revisions.prune(fewest=25)
    kept = list(article.revisions.all())
    assert kept[:25] == drafts[:-26:-1]
    assert {kept_by_name, kept_as_published} <= set(kept)
    slots = {revision.at.timestamp() // 600 for revision in drafts}
    assert {revision.at.timestamp() // 600 for revision in kept} == slots
    assert len(kept) <= 25 + 2 + len(slots)
