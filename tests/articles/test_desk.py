"""Steps of an article that reach further than its own row."""

import pytest
from django.utils import timezone

from articles.desk import correct
from articles.models import Correction, TransitionError
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
