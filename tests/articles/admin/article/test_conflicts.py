from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.utils import timezone
from pytest_django.asserts import assertContains

from articles.models import Article, Person
from tests.articles.admin.article.form_page import (
    client_of,
    form_on,
    seen_by,
)
from tests.articles.admin.desk import form_of, said, typed
from tests.factories import DAY, make_article, make_user


def both_change(desk, bo, article, mine, theirs):
    """Bo saves first. Returns the answer to the other, who started from the same revision."""
    seen = seen_by(desk, article)
    on_the_screen = [typed(article, seen=seen, **change) for change in (theirs, mine)]
    bo.post(form_of(article), on_the_screen[0])
    return desk.post(form_of(article), on_the_screen[1])


def test_both_versions_of_what_two_changed_stand_side_by_side(desk, bo):
    article = make_article(body="<p>I go home.</p>", title="As it was")
    page = both_change(
        desk,
        bo,
        article,
        {"body": "<p>I went home.</p>"},
        {"body": "<p>I ran home.</p>"},
    )
    assertContains(page, "<bdi>Bo Lund</bdi> saved this")
    assertContains(page, "I <del>went</del><ins>ran</ins> home.")
    assert form_on(page)["body"].value() == "<p>I went home.</p>"
    assert [conflict.part for conflict in page.context["conflicts"]] == ["body"]
    article.refresh_from_db()
    assert article.body == "<p>I ran home.</p>"


def test_saving_again_after_a_conflict_keeps_what_only_they_changed(desk, bo):
    article = make_article(title="As it was", tags=["old"])
    page = both_change(
        desk, bo, article, {"title": "Mine"}, {"title": "Theirs", "tags": "new"}
    )
    form = form_on(page)
    assert (form["title"].value(), form["tags"].value()) == ("Mine", "new")
    again = {name: form[name].value() or "" for name in ["title", "tags", "seen"]}
    desk.post(form_of(article), typed(article, **again))
    article = Article.objects.get()
    assert article.title == "Mine"
    assert [tag.name for tag in article.tags.all()] == ["new"]


def test_without_a_script_theirs_can_be_chosen(desk, bo):
    article = make_article(title="As it was")
    mine = {"title": "Mine", "signed_by": "Ana Ruiz"}
    theirs = {"title": "Theirs", "signed_by": "Ben Cole (photographs)"}
    page = both_change(desk, bo, article, mine, theirs)
    assertContains(page, 'name="keep_title"')
    again = mine | {"seen": form_on(page)["seen"].value(), "keep_byline": "theirs"}
    desk.post(form_of(article), typed(article, **again))
    article = Article.objects.get()
    assert article.title == "Mine"
    assert [credit.person.name for credit in article.credits.all()] == ["Ben Cole"]
    # A person named only in the refused save was not created.
    assert not Person.objects.filter(name="Ana Ruiz").exists()


@pytest.mark.parametrize("seen", ["", "0", "x", "9" * 400])
def test_theirs_of_a_state_that_is_not_there_leaves_ones_own(desk, seen):
    article = make_article()
    words = typed(article, title="Mine", keep_title="theirs", seen=seen)
    page = desk.post(form_of(article), words)
    assert page.status_code in {200, 302}
    if page.status_code == 200:
        assert form_on(page)["title"].value() == "Mine"


def test_two_tabs_of_one_editor_merge_as_those_of_two(desk):
    article = make_article(title="As it was", tags=["old"])
    response = both_change(desk, desk, article, {"title": "Mine"}, {"tags": "new"})
    assert "What you saved elsewhere was kept: Tags." in said(response)
    assert Article.objects.get().title == "Mine"
    page = both_change(
        desk, desk, Article.objects.get(), {"title": "One"}, {"title": "Two"}
    )
    assertContains(page, "You saved this elsewhere")


def dates_on(page):
    """The date fields as a browser sends them when nobody changes them."""
    form = form_on(page)
    moment = form["embargo_until"].value()
    local = timezone.localtime(moment) if moment else None
    return {
        "planned_for": str(form["planned_for"].value() or ""),
        "embargo_until_0": f"{local:%Y-%m-%d}" if local else "",
        "embargo_until_1": f"{local:%H:%M:%S}" if local else "",
        "planned_for_seen": form["planned_for_seen"].value(),
        "embargo_until_seen": form["embargo_until_seen"].value(),
    }


def test_a_date_that_only_one_has_changed_is_kept(desk, bo):
    article = make_article(title="As it was")
    page = desk.get(form_of(article))
    sent = typed(article, title="Mine", seen=seen_by(desk, article)) | dates_on(page)
    later = dates_on(bo.get(form_of(article))) | {
        "planned_for": "2030-01-02",
        "embargo_until_0": "2030-01-03",
        "embargo_until_1": "10:00",
    }
    bo.post(form_of(article), typed(article) | later)
    assert desk.post(form_of(article), sent).status_code == 302
    article.refresh_from_db()
    assert (article.title, str(article.planned_for)) == ("Mine", "2030-01-02")
    assert "seen" not in LogEntry.objects.latest("id").get_change_message()
    assert article.is_under_embargo


def test_an_embargo_that_was_lifted_does_not_come_back_with_an_older_form(desk):
    article = make_article(embargo_until=timezone.now() + DAY)
    sent = typed(article) | dates_on(desk.get(form_of(article)))
    article.lift_embargo(reason="Agreed.")
    assert desk.post(form_of(article), sent).status_code == 302
    article.refresh_from_db()
    assert article.embargo_until is None


@pytest.mark.parametrize(
    ("theirs", "sentence"),
    [
        ("2030-01-02", "Someone set this to “2 January 2030”"),
        ("", "Someone cleared this"),
    ],
)
def test_of_a_date_that_two_have_changed_the_later_one_is_asked(
    desk, bo, theirs, sentence
):
    article = make_article(planned_for=date(2029, 1, 1))
    sent = dates_on(desk.get(form_of(article))) | {"planned_for": "2030-03-04"}
    sent = typed(article, title="Mine", seen=seen_by(desk, article)) | sent
    others = dates_on(bo.get(form_of(article))) | {"planned_for": theirs}
    bo.post(form_of(article), typed(article) | others)
    page = desk.post(form_of(article), sent)
    assertContains(page, sentence)
    assert form_on(page)["title"].value() == "Mine"
    assert form_on(page)["planned_for"].value() == "2030-03-04"
    again = sent | {"planned_for_seen": form_on(page)["planned_for_seen"].value()}
    assert desk.post(form_of(article), again).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.planned_for) == ("Mine", date(2030, 3, 4))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_the_same_date_at_the_same_instant_the_later_one_is_asked():
    article = make_article(title="As it was")
    ready = Barrier(2)

    def write(day):
        client = client_of(make_user(role="Editors"))
        sent = typed(article, seen=seen_by(client, article), planned_for_seen="")
        ready.wait()
        try:
            return client.post(form_of(article), sent | {"planned_for": day})
        finally:
            connection.close()

    days = ["2030-01-02", "2030-03-04"]
    with ThreadPoolExecutor(2) as desks:
        pages = list(desks.map(write, days))
    assert sorted(page.status_code for page in pages) == [200, 302]
    article.refresh_from_db()
    for page, day in zip(pages, days, strict=True):
        assert (page.status_code == 302) == (str(article.planned_for) == day)


def test_a_conflict_shown_again_with_a_mistake_keeps_every_word(desk, bo):
    article = make_article(title="As it was")
    seen = seen_by(desk, article)
    bo.post(form_of(article), typed(article, title="Theirs", seen=seen))
    words = typed(article, title="Mine", language="!", seen=seen)
    page = desk.post(form_of(article), words)
    assert page.status_code == 200
    assert form_on(page)["title"].value() == "Mine"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("changes", "answers"),
    [
        ([{"title": "One"}, {"title": "Two"}], [200, 302]),
        ([{"title": "One"}, {"standfirst": "Two"}], [302, 302]),
    ],
)
def test_of_two_who_save_at_the_same_instant_nobody_overwrites_the_other(
    changes, answers
):
    article = make_article(title="As it was")
    ready = Barrier(2)

    def write(change):
        client = client_of(make_user(role="Editors"))
        sent = typed(article, seen=seen_by(client, article)) | change
        ready.wait()
        try:
            return client.post(form_of(article), sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as desks:
        pages = list(desks.map(write, changes))
    assert sorted(page.status_code for page in pages) == answers
    article.refresh_from_db()
    if answers == [302, 302]:
        assert (article.title, article.standfirst) == ("One", "Two")
    for page, change in zip(pages, changes, strict=True):
        if page.status_code == 200:
            assert page.context["conflicts"]
            assert form_on(page)["title"].value() == change["title"]
