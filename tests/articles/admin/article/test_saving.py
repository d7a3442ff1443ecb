"""Saving the form in place, as a script asks for it, and as a page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from pytest_django.asserts import assertContains

from articles.models import Article, Revision, Unsaved
from tests.articles.admin.article.form_page import client_of, seen_by
from tests.articles.admin.desk import ADD, LIST, form_of, said, step_of, typed
from tests.factories import make_article, make_user, make_visible_article

JSON = {"HTTP_ACCEPT": "application/json"}
READERS_SEE = "Saved. Readers see the last published version."


def save(client, article, **fields):
    """Saves the form in place, and returns the answer."""
    seen = {"seen": seen_by(client, article)} | fields
    return client.post(form_of(article), typed(article, **seen), **JSON)


def test_a_script_gets_what_it_needs_to_go_on(desk, editor):
    article = make_article(title="As it was")
    answer = save(desk, article, title="Better", note="Shorter.")
    assert answer.status_code == 200
    saved = answer.json()
    assert saved["saved"] == "Saved."
    assert saved["form"] == form_of(article)
    revision = Revision.objects.newest_first().first()
    assert (revision.content["title"], revision.note) == ("Better", "Shorter.")
    # The form is now based on what was saved, and the note belongs to that save.
    assert saved["values"]["seen"] == str(revision.pk)
    assert saved["values"]["note"] == ""
    assert "title" not in saved["values"]
    assert LogEntry.objects.get().user == editor


def test_saving_in_place_says_what_readers_see(desk):
    article = make_visible_article(title="As it was")
    assert save(desk, article, title="Better").json()["saved"] == READERS_SEE
    assert save(desk, article, title="As it was").json()["saved"] == "Saved."


def test_saving_as_a_page_says_what_readers_see_and_leads_to_the_list(desk):
    article = make_visible_article(title="As it was")
    sent = typed(article, title="Better", _save="Save")
    response = desk.post(form_of(article), sent)
    assert response.url == LIST
    assert READERS_SEE in said(response)
    sent |= {"seen": seen_by(desk, article), "_continue": "1"}
    response = desk.post(form_of(article), sent)
    assert response.url == form_of(article)
    article.refresh_from_db()
    assert article.title == "As it was"


def test_errors_are_named_at_their_fields_and_nothing_is_saved(desk):
    article = make_article(title="As it was")
    answer = save(desk, article, title="", language="!", embargo_until_0="x")
    errors = answer.json()["errors"]
    assert errors.keys() == {"title", "language", "embargo_until"}
    assert errors["title"] == ["This field is required."]
    article.refresh_from_db()
    assert article.title == "As it was"


def test_a_script_is_told_of_a_conflict_and_the_page_shows_it(desk, bo):
    article = make_article(title="As it was")
    seen = seen_by(desk, article)
    bo.post(form_of(article), typed(article, title="Theirs", seen=seen))
    mine = typed(article, title="Mine", seen=seen)
    answer = desk.post(form_of(article), mine, **JSON)
    assert answer.json()["conflict"] is True
    page = desk.post(form_of(article), mine)
    assertContains(page, "Conflict: two people changed the same parts")


def test_what_others_have_saved_comes_back_and_is_named(desk, bo):
    article = make_article(title="As it was", tags=["old"])
    mine = typed(article, title="Mine", seen=seen_by(desk, article))
    bo.post(form_of(article), typed(article, tags="new"))
    saved = desk.post(form_of(article), mine, **JSON).json()
    assert saved["values"]["tags"] == "new"
    assert saved["said"] == ["What Bo Lund saved in the meantime was kept: Tags."]


def test_after_a_date_in_conflict_the_form_can_be_saved_again(desk, bo):
    article = make_article()
    first = {"planned_for": "2030-01-02", "planned_for_seen": ""}
    bo.post(form_of(article), typed(article) | first)
    mine = first | {"planned_for": "2030-03-04"}
    refused = save(desk, article, **mine).json()
    assert refused["errors"].keys() == {"planned_for"}
    again = mine | {"planned_for_seen": refused["values"]["planned_for_seen"]}
    assert save(desk, article, **again).json()["saved"]
    article.refresh_from_db()
    assert article.planned_for == date(2030, 3, 4)


def test_a_step_saves_first_and_names_the_page_that_it_leads_to(desk):
    article = make_article(title="As it was")
    answer = save(desk, article, title="Better", _step="publish")
    assert answer.json() == {"next": step_of(article, "publish")}
    article.refresh_from_db()
    assert (article.title, article.status) == ("Better", "draft")
    assert save(desk, article, _step="submit").json() == {"next": form_of(article)}
    article.refresh_from_db()
    assert article.status == "in_review"


def test_save_and_next_leads_on(desk):
    make_article()
    article = make_article()
    assert "next" in save(desk, article, _savenext="1").json()


@pytest.mark.parametrize("gone", [True, False])
def test_a_script_is_told_that_the_article_cannot_be_saved_any_more(
    client, writer, gone
):
    client.force_login(writer)
    article = make_article(created_by=writer)
    address, sent = form_of(article), typed(article, title="Mine")
    article.delete() if gone else article.submit()
    answer = client.post(address, sent, **JSON)
    assert answer.status_code == (404 if gone else 403)
    assert "Your text is not saved." in answer.json()["problem"]


def test_a_script_without_permission_saves_nothing(client, db):
    client.force_login(make_user(role="Moderators"))
    article = make_article(title="As it was")
    answer = client.post(form_of(article), typed(article, title="Mine"), **JSON)
    assert answer.status_code == 403
    article.refresh_from_db()
    assert article.title == "As it was"


# New articles


def test_a_new_article_goes_on_as_the_form_of_the_saved_one(desk, editor):
    key = uuid4()
    sent = typed(title="Breaking", form_key=key)
    saved = desk.post(ADD, sent, **JSON).json()
    article = Article.objects.get()
    assert (article.title, article.created_by) == ("Breaking", editor)
    assert saved["form"] == form_of(article)
    assert saved["values"]["slug"] == "breaking"
    again = sent | saved["values"] | {"title": "Breaking news"}
    again_saved = desk.post(saved["form"], again, **JSON).json()
    assert again_saved["saved"] == "Saved."
    assert Article.objects.get().title == "Breaking news"


@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_new_form_that_is_sent_twice_makes_one_article(desk, headers):
    key = uuid4()
    desk.post(ADD, typed(title="Breaking", form_key=key), **headers)
    desk.post(ADD, typed(title="Breaking news", form_key=key), **headers)
    article = Article.objects.get()
    assert article.title == "Breaking news"
    assert article.revisions.count() == 2


def test_the_key_of_somebody_elses_form_changes_nothing_of_theirs(desk, bo):
    key = uuid4()
    bo.post(ADD, typed(title="Theirs", form_key=key))
    assert desk.post(ADD, typed(title="Mine", form_key=key)).status_code == 302
    titles = Article.objects.order_by("id").values_list("title", flat=True)
    assert list(titles) == ["Theirs", "Mine"]


@pytest.mark.django_db(transaction=True)
def test_a_new_form_that_is_sent_twice_at_the_same_instant_makes_one_article():
    editor, key = make_user(role="Editors"), uuid4()
    clients = [client_of(editor) for _ in range(3)]

    def send(client):
        try:
            return client.post(ADD, typed(title="x", form_key=key)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        assert set(threads.map(send, clients)) == {302}
    assert Article.objects.count() == 1
    assert not Unsaved.objects.exists()
