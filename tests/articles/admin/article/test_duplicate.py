import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article
from tests.articles.admin.desk import form_of, said
from tests.factories import make_article, make_user, make_visible_article


def duplicating(article):
    return reverse("admin:articles_article_duplicate", args=[article.pk])


def test_an_editor_duplicates_an_article_and_goes_on_with_the_copy(desk, editor):
    article = make_visible_article(title="Harbour")
    assertContains(desk.get(form_of(article)), duplicating(article))
    assertContains(desk.get(duplicating(article)), "Duplicate “Harbour”?")
    assert Article.objects.count() == 1
    response = desk.post(duplicating(article))
    copy = Article.objects.drafts().get()
    assert response.url == form_of(copy)
    assert copy.created_by == editor
    assert "“Copy of Harbour” is a new draft of yours" in said(response)
    assertContains(desk.get(form_of(copy)), "Copy of Harbour")


@pytest.mark.parametrize(
    ("role", "whose", "answer"),
    [
        ("Editors", "others", 200),
        ("Writers", "own", 200),
        ("Writers", "others", 404),
        ("Moderators", "others", 403),
        (None, "others", 302),
    ],
)
def test_who_duplicates(db, client, role, whose, answer):
    user = make_user(role=role)
    article = make_visible_article(created_by=user if whose == "own" else None)
    client.force_login(user)
    assert client.get(duplicating(article)).status_code == answer
    client.post(duplicating(article))
    assert Article.objects.count() == (2 if answer == 200 else 1)


def test_who_may_begin_no_article_is_offered_no_duplicate(client, db):
    client.force_login(make_user(role="Moderators"))
    article = make_article()
    assertNotContains(client.get(form_of(article)), duplicating(article))


def test_what_is_not_there_cannot_be_duplicated(desk):
    for key in ["x", "999"]:
        address = reverse("admin:articles_article_duplicate", args=[key])
        assert desk.post(address).status_code == 404
