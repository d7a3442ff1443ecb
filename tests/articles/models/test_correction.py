import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Correction, CorrectionRequest, TransitionError
from tests.factories import (
    DAY,
    make_correction,
    make_request,
    make_user,
    make_visible_article,
)


def test_only_corrections_of_visible_articles_are_shown(db):
    shown, hidden = make_correction(), make_correction()
    hidden.article.withdraw()
    assert set(Correction.objects.shown()) == {shown}


def test_a_request_is_open_until_it_is_answered_or_closed(db):
    asked, answered, closed = make_request(), make_request(), make_request()
    answered.answer_with(make_correction(article=answered.article))
    closed.close(reply="It was right.")
    requests = CorrectionRequest.objects
    for request, pile in [
        (asked, requests.open()),
        (answered, requests.answered()),
        (closed, requests.closed()),
    ]:
        assert set(pile) == {request}
    assert [one.state for one in [asked, answered, closed]] == [
        "open",
        "answered",
        "closed",
    ]


def test_closing_says_who_when_and_what(db):
    asked = make_request()
    asked.close(reply="It was right.", by=make_user(first_name="Edda"))
    assert (asked.closed_by_name, asked.reply) == ("Edda", "It was right.")
    assert abs(timezone.now() - asked.closed_at) < DAY
    assert asked.answer is None


@pytest.mark.parametrize("first", ["answer", "close"])
@pytest.mark.parametrize("second", ["answer", "close"])
def test_of_two_editors_the_second_is_told_who_was_first(db, first, second):
    asked = make_request()
    same_request = CorrectionRequest.objects.get(pk=asked.pk)
    edda, bo = make_user(first_name="Edda"), make_user(first_name="Bo")

    def take(request, step, by):
        if step == "close":
            request.close(reply=by.first_name, by=by)
        else:
            request.answer_with(
                make_correction(article=asked.article, by=by, by_name=by.first_name)
            )

    take(asked, first, edda)
    done = "closed" if first == "close" else "answered"
    with pytest.raises(TransitionError, match=f"Edda {done} this request on "):
        take(same_request, second, bo)
    assert same_request.closed_by_name == "Edda"
    assert same_request.state == asked.state


def test_an_answered_request_is_closed_in_the_database_too(db):
    asked = make_request()
    correction = make_correction(article=asked.article)
    with pytest.raises(IntegrityError), transaction.atomic():
        CorrectionRequest.objects.filter(pk=asked.pk).update(answer=correction)


def test_networks_are_forgotten_after_thirty_days(db):
    article, now = make_visible_article(), timezone.now()
    for age in [0, 29, 31, 400]:
        make_request(article=article, network=f"n{age}", created_at=now - age * DAY)
    assert CorrectionRequest.objects.forget_networks() == 2
    assert CorrectionRequest.objects.forget_networks() == 0
    networks = CorrectionRequest.objects.oldest_first().values_list(
        "network", flat=True
    )
    assert list(networks) == ["", "", "n29", "n0"]
