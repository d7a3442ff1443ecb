import pytest
import time_machine

from articles.models import CorrectionRequest
from comments.corrections.submit import submit_correction_request
from comments.security.networks import recent_hashes
from comments.security.throttling import TooMany
from tests.comments.posting.test_submit import all_at_once
from tests.factories import make_visible_article


def asked(article, **fields):
    return CorrectionRequest(**{"article": article, "text": "It is 6.4."} | fields)


def test_a_request_is_kept_with_the_network_it_came_from(db):
    article = make_visible_article()
    request = submit_correction_request(asked(article), networks=["n", "m"])
    request.refresh_from_db()
    assert (request.article, request.text, request.network) == (
        article,
        "It is 6.4.",
        "n",
    )
    assert request.is_open


def test_the_same_words_again_are_the_same_request(db, rf):
    article = make_visible_article()
    with time_machine.travel("2999-03-01 23:59:59+00:00", tick=False):
        first = submit_correction_request(
            asked(article), networks=recent_hashes(rf.post("/"))
        )
    with time_machine.travel("2999-03-02 00:00:01+00:00", tick=False):
        again = submit_correction_request(
            asked(article), networks=recent_hashes(rf.post("/"))
        )
    assert again == first
    others = [
        submit_correction_request(asked(article, text="Other words."), networks=["n"]),
        submit_correction_request(asked(make_visible_article()), networks=["n"]),
        submit_correction_request(asked(article), networks=["elsewhere"]),
        submit_correction_request(asked(article), networks=[]),
    ]
    assert len({first, *others}) == CorrectionRequest.objects.count() == 5
    assert submit_correction_request(asked(article), networks=[]) == others[3]


def test_a_network_sends_five_an_hour(db):
    article = make_visible_article()
    for number in range(5):
        submit_correction_request(asked(article, text=f"No. {number}"), networks=["n"])
    with pytest.raises(TooMany) as refusal:
        submit_correction_request(asked(article, text="No. 6"), networks=["n"])
    assert 3500 < refusal.value.seconds <= 3600
    submit_correction_request(asked(article, text="No. 1"), networks=["n"])
    submit_correction_request(asked(article, text="No. 6"), networks=["m"])
    submit_correction_request(asked(article, text="No. 6"), networks=[])
    assert CorrectionRequest.objects.count() == 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("networks", [["n"], []])
def test_the_same_words_at_the_same_instant_make_one_row(networks):
    article = make_visible_article()
    taken = all_at_once(
        *[lambda: submit_correction_request(asked(article), networks=networks)] * 6
    )
    assert [type(request) for request in taken] == [CorrectionRequest] * 6, taken
    assert {request.pk for request in taken} == {CorrectionRequest.objects.get().pk}
