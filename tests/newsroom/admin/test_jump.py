import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains

from articles.models import Tag
from newsroom.admin import jump as module
from tests.articles.admin.desk import form_of
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_person,
    make_user,
    make_visible_article,
)

PAGE = reverse("desk_jump")
RESULTS = reverse("desk_jump_results")


@pytest.fixture
def chief(client, db):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    return client


def found(client, query):
    groups = client.get(RESULTS, {"q": query}).json()["groups"]
    return {
        group["title"]: [one["words"] for one in group["results"]] for group in groups
    }


def test_articles_are_found_by_any_part_of_the_title(chief):
    article = make_article(title="Über den Fluß")
    make_article(title="Something else")
    assert found(chief, "ÜBER den")["Articles"] == ["Über den Fluß"]
    [group] = chief.get(RESULTS, {"q": "den fl"}).json()["groups"]
    assert group["results"] == [
        {"words": "Über den Fluß", "address": form_of(article), "about": "Draft"}
    ]


def test_comments_are_found_by_author_and_by_words(chief):
    make_comment(name="Inés", body="The tide was late.")
    assert found(chief, "inés")["Comments"] == ["Inés: The tide was late."]
    assert found(chief, "TIDE")["Comments"] == ["Inés: The tide was late."]


def test_comments_are_looked_for_among_the_newest_only(chief, monkeypatch):
    make_comment(body="needle")
    assert "Comments" in found(chief, "needle")
    monkeypatch.setattr(module, "COMMENTS_SEARCHED", 1)
    make_comment(body="hay")
    assert "Comments" not in found(chief, "needle")


def test_people_tags_and_commenters_are_found(chief):
    make_person(name="Clara Hollis")
    Tag.objects.create(name="Harbour", slug="harbour")
    make_commenter(address="reader@example.com")
    assert found(chief, "hollis")["Authors"] == ["Clara Hollis"]
    assert found(chief, "harb")["Tags"] == ["Harbour"]
    assert found(chief, "READER@")["Commenters"]


def test_screens_and_commands_are_found_without_case_and_accents(chief):
    assert found(chief, "moderation q")["Go to"] == ["Moderation queue"]
    assert found(chief, "NÉW art")["Go to"] == ["New article"]


def test_without_words_the_screens_are_offered(chief):
    assert "Dashboard" in found(chief, "")["Go to"]
    assert list(found(chief, " ")) == ["Go to"]


@pytest.mark.parametrize("role", ["Writers", "Editors", "Moderators"])
def test_everybody_finds_what_they_may_open_and_no_more(client, db, role):
    user = make_user(role=role)
    make_article(title="needle of another")
    make_article(title="needle of mine", created_by=user)
    make_visible_article(title="needle for readers")
    make_comment(body="needle")
    make_person(name="Needle")
    client.force_login(user)
    groups = client.get(RESULTS, {"q": "needle"}).json()["groups"]
    groups += client.get(RESULTS, {"q": ""}).json()["groups"]
    for group in groups:
        for result in group["results"]:
            assert client.get(result["address"]).status_code == 200, result
    assert ("Comments" in found(client, "needle")) == (role == "Moderators")
    assert ("needle of another" in found(client, "needle")["Articles"]) == (
        role != "Writers"
    )


@pytest.mark.parametrize("address", [PAGE, RESULTS])
def test_nobody_but_staff_searches(client, db, address):
    assert client.get(address, {"q": "a"}).status_code == 302
    client.force_login(make_user())
    assert client.get(address, {"q": "a"}).status_code == 302


@pytest.mark.parametrize("query", ["a\x00b", "x" * 50_000, "%_", "' OR 1=1 --", "\x00"])
def test_a_search_for_nonsense_finds_nothing_and_does_not_fail(chief, query):
    make_article(title="Harbour")
    assert "Articles" not in found(chief, query)
    assert chief.get(PAGE, {"q": query}).status_code == 200


def test_each_kind_shows_a_few(chief):
    for _ in range(module.RESULTS_OF_A_KIND + 1):
        make_article(title="Harbour")
    assert len(found(chief, "harbour")["Articles"]) == module.RESULTS_OF_A_KIND


def test_the_page_is_a_form_that_shows_the_same(chief):
    article = make_article(title="Harbour <closed>")
    page = chief.get(PAGE, {"q": "harbour"})
    assertContains(page, form_of(article))
    assertContains(page, "Harbour &lt;closed&gt;")
    assertContains(page, 'value="harbour"')


def test_the_search_takes_the_same_queries_for_one_and_for_many(chief):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            chief.get(RESULTS, {"q": "needle"})
        return len(captured)

    def fill():
        make_article(title="needle")
        make_comment(body="needle", article=make_visible_article())
        make_person(name="Needle")
        number = Tag.objects.count()
        Tag.objects.create(name=f"Needle {number}", slug=f"needle-{number}")

    fill()
    chief.get(RESULTS, {"q": "needle"})
    one = queries()
    for _ in range(6):
        fill()
    assert queries() == one
