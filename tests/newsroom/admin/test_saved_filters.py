import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from newsroom.models import SavedFilter
from tests.articles.admin.desk import LIST
from tests.factories import make_article, make_user

SAVE = reverse("admin:articles_article_save_filter")


def remove(saved):
    return reverse("admin:articles_article_remove_filter", args=[saved.pk])


@pytest.fixture
def user(db):
    return make_user(role="Editors")


@pytest.fixture
def desk(client, user):
    client.force_login(user)
    return client


def test_a_filter_is_saved_under_a_name_and_stands_beside_the_pills(desk, user):
    make_article(title="Mine", created_by=user)
    make_article(title="Of another")
    answer = desk.post(
        SAVE, {"name": "My drafts", "query": "status=draft&mine=yes&p=3"}
    )
    assert answer.url == f"{LIST}?status=draft&mine=yes"
    page = desk.get(answer.url)
    assertContains(page, "My drafts")
    assertContains(page, 'href="?status=draft&amp;mine=yes" aria-current="true"')
    assert [str(row) for row in page.context["cl"].result_list] == ["Mine"]


def test_a_filter_can_be_saved_where_there_is_one(desk):
    assertNotContains(desk.get(LIST), "Save this filter")
    assertContains(desk.get(LIST, {"status": "draft"}), "Save this filter")


def test_a_name_that_is_taken_gets_the_new_filters(desk, user):
    desk.post(SAVE, {"name": "Mine", "query": "mine=yes"})
    desk.post(SAVE, {"name": "Mine", "query": "q=a"})
    assert SavedFilter.objects.of(user).get().query == "q=a"


def test_nobody_sees_or_removes_the_filters_of_another(client, desk, user):
    saved = SavedFilter.objects.keep(user, "Private name", "mine=yes")
    client.force_login(make_user(role="Editors"))
    assertNotContains(client.get(LIST), "Private name")
    client.post(remove(saved))
    assert SavedFilter.objects.filter(pk=saved.pk).exists()


def test_a_filter_can_be_removed_twice(desk, user):
    saved = SavedFilter.objects.keep(user, "Mine", "mine=yes")
    for _ in range(2):
        assert desk.post(remove(saved), {"query": "q=a"}).url == f"{LIST}?q=a"
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "", "query": "q=a"}, "This field is required."),
        ({"name": "x" * 61, "query": "q=a"}, "at most 60 characters"),
        ({"name": "a", "query": "q=" + "x" * 2000}, "at most 1000 characters"),
        ({"name": "a\x00", "query": "q=a"}, "Null characters are not allowed."),
        ({"name": "a"}, "This field is required."),
    ],
)
def test_a_mistake_gets_a_sentence_and_saves_nothing(desk, typed, sentence):
    assertContains(desk.post(SAVE, typed, follow=True), sentence)
    assert not SavedFilter.objects.exists()


def test_there_is_room_for_a_number_of_filters(desk, user, monkeypatch):
    monkeypatch.setattr(SavedFilter, "MOST_OF_A_USER", 1)
    desk.post(SAVE, {"name": "First", "query": "q=a"})
    page = desk.post(SAVE, {"name": "Second", "query": "q=b"}, follow=True)
    assertContains(page, "You have 1 saved filter.")
    # Its own name is not one more.
    desk.post(SAVE, {"name": "First", "query": "q=c"})
    assert [saved.query for saved in SavedFilter.objects.of(user)] == ["q=c"]


@pytest.mark.parametrize(
    "query", ["//evil.example", "https://evil.example", "\r\nX: y"]
)
def test_the_way_back_stays_in_the_list(desk, query):
    answer = desk.post(SAVE, {"name": "a", "query": query})
    assert answer.url.startswith(f"{LIST}?")
    assert "\n" not in answer.url


def test_a_get_saves_nothing(desk):
    assert desk.get(SAVE, {"name": "a", "query": "q=a"}).status_code == 405


def test_a_filter_that_grows_too_long_is_refused(desk, user):
    page = desk.post(SAVE, {"name": "Long", "query": f"q={'ж' * 900}"}, follow=True)
    assertContains(page, "This filter is too long to be saved.")
    assert not SavedFilter.objects.exists()
