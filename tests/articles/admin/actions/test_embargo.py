import pytest
from django.utils import timezone

from tests.articles.admin.desk import (
    IN_2999,
    buttons,
    form_of,
    said,
    step_of,
    typed,
)
from tests.factories import (
    DAY,
    make_article,
    make_visible_article,
)


def test_an_embargo_in_force_is_only_moved_later_in_the_form(desk):
    until = timezone.now().replace(microsecond=0) + 2 * DAY
    article = make_article(embargo_until=until)
    for moment in [None, until - DAY]:
        page = desk.post(form_of(article), typed(article, **embargo(moment)))
        assert "can only be extended here" in page.content.decode()
    desk.post(form_of(article), typed(article, **embargo(until + DAY)))
    article.refresh_from_db()
    assert article.embargo_until == until + DAY


def embargo(moment):
    return {
        "embargo_until_0": f"{moment:%Y-%m-%d}" if moment else "",
        "embargo_until_1": f"{moment:%H:%M:%S}" if moment else "",
    }


def test_lifting_an_embargo_wants_a_reason_and_records_it(desk, editor):
    article = make_article(embargo_until=timezone.now() + 2 * DAY)
    assert "lift" in buttons(desk.get(form_of(article)))
    desk.post(step_of(article, "lift"), {"when": "now", "reason": ""})
    article.refresh_from_db()
    assert article.is_under_embargo
    desk.post(step_of(article, "lift"), {"when": "now", "reason": "The source agreed"})
    article.refresh_from_db()
    assert article.embargo_until is None
    step = article.steps.get()
    assert (step.what, step.by) == ("lift_embargo", editor)
    assert step.reason.startswith("The source agreed (embargo until")
    assert "lift" not in buttons(desk.get(form_of(article)))


@pytest.mark.parametrize(
    ("date", "sentence"),
    [("", "Enter the date"), ("2020-01-01", "This time is past")],
)
def test_an_empty_or_past_end_of_an_embargo_never_means_now(desk, date, sentence):
    article = make_article(embargo_until=timezone.now() + 2 * DAY)
    at = {"at_0": date, "at_1": date and "10:00"}
    page = desk.post(step_of(article, "lift"), {"when": "earlier", "reason": "x"} | at)
    assert sentence in page.content.decode()
    later = {"when": "earlier", "reason": "x"} | IN_2999
    assert "no embargo that this would end earlier" in said(
        desk.post(step_of(article, "lift"), later)
    )
    article.refresh_from_db()
    assert article.is_under_embargo


def test_lifting_an_embargo_publishes_nothing(desk):
    article = make_article(embargo_until=timezone.now() + 2 * DAY)
    article.publish()
    desk.post(step_of(article, "lift"), {"when": "now", "reason": "x"})
    article.refresh_from_db()
    assert article.embargo_until is None
    assert article.is_scheduled


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Enter the address of the other article"),
        ("/articles/nowhere/", "No public article has this address"),
        ("https://[", "No public article has this address"),
        ("/articles/mine/", "cannot replace itself"),
    ],
)
def test_an_article_is_replaced_by_one_that_readers_can_see(desk, address, sentence):
    article = make_visible_article(slug="mine")
    answers = {"kind": "replaced", "reason": "x", "replaced_by": address}
    page = desk.post(step_of(article, "withdraw"), answers)
    assert sentence in page.content.decode()
    article.refresh_from_db()
    assert article.is_visible
