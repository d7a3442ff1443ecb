"""Suggestions for names, and the question before a new name is created."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article, Person, Tag
from tests.articles.admin.desk import ADD, form_of, typed
from tests.factories import make_article, make_person, make_user, make_visible_article


def suggested(client, of, q):
    return client.get(reverse(f"admin:articles_{of}_suggest"), {"q": q}).json()


def names(client, of, q):
    return [result["name"] for result in suggested(client, of, q)["results"]]


def test_people_are_suggested_with_the_number_of_their_articles(desk):
    clara = make_person(name="Clara Hollis")
    make_person(name="Ben Clarke")
    make_article().set_byline((clara, "by"), (clara, "photographs"))
    make_visible_article(byline=[clara])
    answer = suggested(desk, "person", "clar")
    assert answer["results"] == [
        {"name": "Clara Hollis", "detail": "2 articles"},
        {"name": "Ben Clarke", "detail": "0 articles"},
    ]
    assert (answer["is_known"], answer["may_create"]) == (False, True)
    assert suggested(desk, "person", "clara hollis")["is_known"]


def test_of_namesakes_each_is_suggested_as_it_must_be_typed(desk):
    one, two = make_person(name="Kim Lee"), make_person(name="Kim Lee")
    assert names(desk, "person", "kim") == [
        f"Kim Lee ({one.slug})",
        f"Kim Lee ({two.slug})",
    ]


@pytest.mark.every_case
@pytest.mark.parametrize("q", ["österr", "ÖSTERREICH", "reich öster"])
def test_tags_are_suggested_without_regard_to_case(desk, q):
    make_article(tags=["Österreich", "Ostern"])
    assert suggested(desk, "tag", q)["results"] == [
        {"name": "Österreich", "detail": "1 article"}
    ]


def test_at_most_eight_are_suggested_and_none_for_nothing(desk):
    make_article(tags=[f"Port {number}" for number in range(10)])
    assert len(names(desk, "tag", "port")) == 8
    for q in ["", " ", "x" * 10_000, "\x00", "%"]:
        assert names(desk, "tag", q) == []


def test_writers_are_told_that_they_may_not_create_tags(client, db):
    client.force_login(make_user(role="Writers"))
    assert suggested(client, "tag", "Port")["may_create"] is False


@pytest.mark.parametrize("of", ["tag", "person"])
def test_suggestions_take_as_many_queries_for_many(
    desk, django_assert_max_num_queries, of
):
    for number in range(8):
        byline = [make_person(name=f"Port {number}")]
        make_article(tags=[f"Port {number}"], byline=byline)
    desk.get("/admin/")
    with django_assert_max_num_queries(8):
        assert len(names(desk, of, "port")) == 8


# New names

UNCONFIRMED = {"tags_create": [], "signed_by_create": []}
NEW = {"signed_by": "Clara Holis (photographs)", "tags": "Harbors, Old"}


def test_a_new_name_is_asked_about_and_nothing_typed_is_lost(desk):
    make_person(name="Clara Hollis")
    make_article(tags=["Harbor", "Old"])
    page = desk.post(ADD, typed(title="Kept", **NEW, **UNCONFIRMED))
    assertContains(page, "Kept</textarea>")
    assertContains(page, 'value="Clara Holis (photographs)"')
    assertContains(
        page, "“Clara Holis” is new. Did you mean “Clara Hollis”?", status_code=200
    )
    assertContains(page, "“Harbors” is new. Did you mean “Harbor”?")
    assertContains(page, 'name="signed_by_create" value="Clara Holis"')
    assertContains(page, 'name="tags_create" value="Harbors"')
    assertNotContains(page, 'name="tags_create" value="Old"')
    assert Article.objects.count() == 1
    assert (Person.objects.count(), Tag.objects.count()) == (1, 2)


def test_a_ticked_name_is_created(desk):
    ticked = {"tags_create": ["harbors "], "signed_by_create": "Clara Holis"}
    desk.post(ADD, typed(**NEW | {"tags": "Harbors"}, **ticked))
    article = Article.objects.get()
    assert [credit.person.name for credit in article.credits.all()] == ["Clara Holis"]
    assert [tag.name for tag in article.tags.all()] == ["Harbors"]


def test_each_new_name_wants_its_own_tick_and_a_tick_stays(desk):
    page = desk.post(ADD, typed(tags="Harbor, Market", tags_create=["Market"]))
    assertContains(page, 'value="Market" checked>')
    assertContains(page, 'value="Harbor">')
    assertNotContains(page, "“Market” is new")
    page = desk.post(ADD, typed(tags="Harbor", tags_create=["Harbor"], title=""))
    assertContains(page, 'value="Harbor" checked>')
    assert not Tag.objects.exists()


def test_known_names_are_not_asked_about(desk):
    ana = make_person(name="Ana Ruiz")
    article = make_article(tags=["Harbor"], byline=[ana])
    words = typed(article, title="New", tags="HARBOR", **UNCONFIRMED)
    assert desk.post(form_of(article), words).status_code == 302
    article.refresh_from_db()
    assert article.title == "New"


def test_a_name_in_one_byline_twice_is_asked_about_once(desk):
    line = "Ana Ruiz, ana ruiz (photographs)"
    page = desk.post(ADD, typed(signed_by=line, **UNCONFIRMED))
    assertContains(page, 'type="checkbox" name="signed_by_create"', count=1)


def test_a_preview_shows_new_names_without_a_question(desk):
    article = make_article()
    address = reverse("admin:articles_article_preview_typed", args=[article.pk])
    page = desk.post(address, typed(article, tags="Harbors", **UNCONFIRMED))
    assertContains(page, "Harbors")
    assert not Tag.objects.exists()
