import pytest
from django.urls import reverse

from tests.articles.admin.desk import typed
from tests.factories import make_article, make_person, make_user


def checked(client, article, **fields):
    address = reverse("admin:articles_article_checklist", args=[article.pk])
    return client.post(address, typed(article, **fields)).json()


@pytest.fixture
def article(db):
    return make_article(
        title="Ferry", standfirst="It returns.", byline=[make_person()], tags=["River"]
    )


def test_it_checks_what_is_typed_and_saves_nothing(desk, article):
    before = checked(desk, article)
    assert before == {"summary": "", "problems": []}
    found = checked(desk, article, title="", body='<p><a href="page.html">x</a></p>')
    anchors = [problem["anchor"] for problem in found["problems"]]
    assert "id_body" in anchors
    article.refresh_from_db()
    assert article.title == "Ferry"


def test_errors_and_warnings_are_counted(desk, article):
    found = checked(desk, article, standfirst="", signed_by="")
    kinds = [problem["kind"] for problem in found["problems"]]
    assert kinds == ["warning"] * len(kinds)
    assert found["summary"] == f"{len(kinds)} warnings"
    assert {"id_standfirst", "id_signed_by"} <= {
        problem["anchor"] for problem in found["problems"]
    }


def test_a_new_name_is_no_reason_not_to_check(desk, article):
    found = checked(desk, article, signed_by="Nobody Yet", tags="New")
    assert found["problems"] == []


def test_who_may_not_edit_gets_nothing(client, article):
    client.force_login(make_user(role="Writers"))
    address = reverse("admin:articles_article_checklist", args=[article.pk])
    assert client.post(address, typed(article)).status_code in {403, 404}


def test_too_much_is_refused_with_a_sentence(desk, article):
    address = reverse("admin:articles_article_checklist", args=[article.pk])
    answer = desk.post(address, {"body": "x" * 3_200_000})
    assert answer.status_code == 413
    assert "too long" in answer.json()["sentence"]
