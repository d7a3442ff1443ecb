"""Steps of an article that touch more than its own row."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Article, Correction, TransitionError
from articles.publishing.actions import (
    change_dates,
    correct,
    publish,
    publish_changes,
    save,
    schedule_changes,
)
from tests.factories import (
    DAY,
    make_article,
    make_request,
    make_user,
    make_visible_article,
)


def test_a_correction_says_what_by_whom_and_when(db):
    article, edda = make_visible_article(), make_user(first_name="Edda")
    correction = correct(article, kind="update", text="It is 6.4.", by=edda)
    assert list(article.corrections.all()) == [correction]
    assert (correction.kind, correction.text) == ("update", "It is 6.4.")
    assert (correction.by, correction.by_name) == (edda, "Edda")
    assert abs(timezone.now() - correction.at) < DAY


def test_it_answers_the_requests_that_it_is_for_and_no_others(db):
    article = make_visible_article()
    meant, other = make_request(article=article), make_request(article=article)
    correction = correct(article, kind="correction", text="It is 6.4.", answers=[meant])
    meant.refresh_from_db()
    other.refresh_from_db()
    assert (meant.answer, meant.closed_at) == (correction, correction.at)
    assert other.is_open


def test_when_a_request_was_closed_meanwhile_nothing_is_published(db):
    article = make_visible_article()
    asked, closed = make_request(article=article), make_request(article=article)
    closed.close(by=make_user(first_name="Bo"))
    with pytest.raises(TransitionError, match="Bo closed this request"):
        correct(article, kind="correction", text="x", answers=[asked, closed])
    asked.refresh_from_db()
    assert asked.is_open
    assert not Correction.objects.exists()


def test_what_readers_have_never_seen_is_not_corrected(db):
    scheduled = make_article()
    scheduled.publish(at=timezone.now() + DAY)
    unseen = make_article()
    unseen.publish(at=timezone.now() + DAY)
    unseen.withdraw()
    for article in [make_article(), scheduled, unseen]:
        with pytest.raises(TransitionError, match="Readers have not seen"):
            correct(article, kind="correction", text="x")


def test_what_readers_once_saw_can_be_corrected(db):
    withdrawn = make_article()
    withdrawn.publish()
    withdrawn.withdraw()
    correct(withdrawn, kind="editors_note", text="Why it went.")
    assert withdrawn.corrections.count() == 1
    assert not Correction.objects.shown()


def test_a_correction_moves_the_time_that_readers_see(db):
    article = make_visible_article()
    correction = correct(article, kind="correction", text="It is 6.4.")
    article.refresh_from_db()
    assert article.updated == correction.at


def test_saving_and_silent_changes_leave_the_time_that_readers_see(db):
    article = make_visible_article()
    before = article.modified_at
    save(article, {"title": "New"})
    publish_changes(article)
    assert (article.title, article.updated) == ("New", None)
    assert article.modified_at > before


# Four eyes


def test_where_four_eyes_are_asked_for_nobody_publishes_their_own_words(db, settings):
    settings.FOUR_EYES = True
    ada, bo = make_user(role="Editors"), make_user(role="Editors")
    article = make_article(created_by=ada)
    with pytest.raises(TransitionError, match="someone else must"):
        publish(article, by=ada)
    with pytest.raises(TransitionError, match="someone else must"):
        publish(article, at=timezone.now() + DAY, by=ada)
    publish(article, by=bo)
    save(article, {"title": "New"}, by=bo, began_from=article.working_copy.pk)
    for alone in [publish_changes, partial(schedule_changes, at=timezone.now() + DAY)]:
        with pytest.raises(TransitionError, match="someone else must"):
            alone(article, by=bo)
    publish_changes(article, by=ada)
    assert article.title == "New"


def test_elsewhere_who_wrote_it_publishes_it(db):
    ada = make_user(role="Editors")
    article = make_article(created_by=ada)
    publish(article, by=ada)
    assert article.is_visible


# The embargo


def test_a_lifted_embargo_is_a_step_and_no_publication(db):
    article = make_article(embargo_until=timezone.now() + 2 * DAY)
    article.lift_embargo(reason="Agreed.", until=timezone.now() + DAY)
    publish(article)
    assert article.is_scheduled
    article.lift_embargo(reason="Agreed again.")
    assert article.is_scheduled
    with pytest.raises(TransitionError, match="no embargo"):
        article.lift_embargo(reason="Once more.")
    assert article.steps.filter(what="lift_embargo").count() == 2


# At the same moment


def at_once(*works):
    start = Barrier(len(works))

    def work(doing):
        start.wait(10)
        try:
            doing()
        except TransitionError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as editors:
        return list(editors.map(work, works))


@pytest.mark.django_db(transaction=True)
def test_changes_and_a_withdrawal_at_once_leave_nothing_half_done():
    for _ in range(5):
        article = make_visible_article(title="Before")
        save(article, {"title": "After"})
        one, two = (Article.objects.get(pk=article.pk) for _ in range(2))
        refused, withdrawn = at_once(partial(publish_changes, one), two.withdraw)
        article.refresh_from_db()
        assert withdrawn is None
        assert article.status == "withdrawn"
        assert article.title == ("Before" if refused else "After")
        assert article.steps.filter(what="change").count() == (0 if refused else 1)


def test_dates_are_put_in_place_of_those_that_were_seen_and_of_no_others(db):
    article = make_article(planned_for=date(2030, 1, 1))
    seen = {"planned_for": None, "embargo_until": None}
    with pytest.raises(TransitionError, match="at the same moment"):
        change_dates(article, {"planned_for": date(2030, 3, 4)}, instead_of=seen)
    change_dates(article, {"embargo_until": timezone.now() + DAY}, instead_of=seen)
    article.refresh_from_db()
    assert article.planned_for == date(2030, 1, 1)
    assert article.is_under_embargo


def test_no_embargo_hides_what_readers_see_by_now(db):
    article = make_visible_article()
    dates = {"embargo_until": timezone.now() + DAY}
    with pytest.raises(TransitionError, match="already see"):
        change_dates(article, dates, instead_of={"embargo_until": None})
    assert Article.objects.visible().get() == article


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins():
    article = make_article()
    one, two = (Article.objects.get(pk=article.pk) for _ in range(2))
    results = at_once(lambda: publish(one), lambda: publish(two))
    assert len([refused for refused in results if refused]) == 1
    assert article.steps.count() == 1
