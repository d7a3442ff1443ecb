import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article
from tests.articles.admin.desk import form_of, said
from tests.factories import make_article, make_user


@pytest.fixture
def writer(db):
    return make_user(role="Writers")


@pytest.fixture
def at_home(client, writer):
    client.force_login(writer)
    return client


def recall_of(article):
    return reverse("admin:articles_article_recall", args=[article.pk])


def test_a_writer_recalls_what_waits_for_review_and_writes_on(at_home, writer):
    article = make_article(created_by=writer)
    article.submit(by=writer)
    assertContains(at_home.get(form_of(article)), recall_of(article))
    answer = at_home.post(recall_of(article))
    assert "is your draft again" in said(answer)
    article.refresh_from_db()
    assert article.is_draft
    assert article.steps.first().get_what_display() == "recalled by its writer"
    page = at_home.get(form_of(article))
    assertContains(page, 'name="_save"')
    assertNotContains(page, recall_of(article))


def test_what_was_decided_meanwhile_is_not_recalled(at_home, writer):
    article = make_article(created_by=writer)
    article.submit(by=writer)
    article.publish()
    answer = at_home.post(recall_of(article))
    assert "cannot be recalled. Its status: Published" in said(answer)
    assert Article.objects.visible().get() == article


def test_nobody_recalls_the_article_of_another(client, at_home, writer):
    other = make_article(created_by=make_user(role="Writers"))
    other.submit()
    assert at_home.post(recall_of(other)).status_code in {403, 404}
    client.force_login(make_user(role="Editors"))
    assert client.post(recall_of(other)).status_code == 403
    other.refresh_from_db()
    assert other.status == "in_review"


def test_recalling_needs_a_post(at_home, writer):
    assert at_home.get(recall_of(make_article(created_by=writer))).status_code == 405


def test_a_writer_deletes_an_own_draft_that_nobody_has_seen(at_home, writer):
    article = make_article(created_by=writer)
    delete = reverse("admin:articles_article_delete", args=[article.pk])
    assertContains(at_home.get(form_of(article)), delete)
    at_home.post(delete, {"post": "yes"})
    assert not Article.objects.exists()


def test_a_draft_with_a_history_is_not_deleted(at_home, writer):
    article = make_article(created_by=writer)
    article.submit(by=writer)
    article.recall(by=writer)
    delete = reverse("admin:articles_article_delete", args=[article.pk])
    assertNotContains(at_home.get(form_of(article)), f'href="{delete}"')
    at_home.post(delete, {"post": "yes"})
    assert Article.objects.get() == article


def test_who_publishes_needs_the_permission_to_delete_for_the_draft_of_another(
    client, db
):
    article = make_article(created_by=make_user(role="Writers"))
    user = make_user(is_staff=True)
    names = ["view_article", "change_article", "publish_article"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    delete = reverse("admin:articles_article_delete", args=[article.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert Article.objects.get() == article
