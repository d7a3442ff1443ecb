"""Searches of the desk, on both databases."""

import unicodedata

import pytest
from django.db import connection
from django.urls import reverse

from articles.core.caseless_search import glob_of
from articles.models import Article, Person, Tag
from articles.publishing import tag_merge
from tests.factories import make_article, make_person, make_user


@pytest.mark.parametrize(
    ("title", "search"),
    [
        ("Österreich zählt", "österreich"),
        ("Österreich zählt", "ÖSTERREICH ZÄHLT"),
        ("Österreich zählt", unicodedata.normalize("NFD", "österreich")),
        ("ΣΟΦΟΣ", "σοφος"),
        ("Σοφος", "ΣΟΦΟΣ"),
        ("Привет, МИР", "мир"),
        ("100 % [Ö] *?", "[ö] *?"),
        ("Ö%_\\", "ö%_\\"),
        ("東京の夏", "京の"),
    ],
)
def test_a_search_finds_letters_of_every_script_in_any_case(db, title, search):
    article = make_article(title=title)
    make_article(title="Etwas anderes")
    assert list(Article.objects.filter(title__icontains=search)) == [article]


@pytest.mark.parametrize("search", ["ö*", "?sterreich ö", "[ö", "ö]", "Ä"])
def test_signs_of_patterns_are_signs(db, search):
    make_article(title="Österreich zahlt")
    assert not Article.objects.filter(title__icontains=search).exists()


def test_the_desk_finds_articles_people_and_tags(client, db):
    client.force_login(make_user(role="Editors"))
    make_article(title="Österreich zählt", tags=["Ärzte"])
    make_person(name="Łukasz Ó")
    for kind, search in [
        ("article", "österreich"),
        ("tag", "ärzte"),
        ("person", "łukasz ó"),
    ]:
        page = client.get(reverse(f"admin:articles_{kind}_changelist"), {"q": search})
        assert len(page.context["cl"].result_list) == 1


def test_a_search_of_sqlite_is_one_comparison_for_each_row(db):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL compares without regard to case by itself.")
    sql = str(Article.objects.filter(title__icontains="ö").query)
    assert sql.endswith('"articles_article"."title" GLOB *[Öö]*')
    assert "LIKE" in str(Article.objects.filter(title__icontains="o").query)
    assert glob_of("ßa*") == "ß[Aa][*]"


# One name, one row


@pytest.mark.parametrize(
    "names",
    [
        ["ÅNGSTRÖM", "Ångström"],
        ["École", "E\u0301cole"],
        ["ΣΟΦΟΣ", "Σοφος"],
        ["New York", "new\u00a0york "],
    ],
)
def test_two_spellings_are_one_tag_and_one_person(client, db, names):
    article = make_article(tags=names)
    make_article(tags=names[::-1])
    [tag] = Tag.objects.all()
    assert [*article.tags.all()] == [tag]
    assert unicodedata.is_normalized("NFC", tag.name)
    person = make_person(name=names[1])
    assert list(Person.objects.called(names[0])) == [person]
    assert unicodedata.is_normalized("NFC", person.name)


def test_the_rows_of_a_release_without_keys_are_found(db):
    article = make_article(tags=["Ärzte"])
    Tag.objects.update(key=None)
    assert Tag.objects.names_of_today(["ÄRZTE"]) == {"ärzte": "Ärzte"}
    article.tags.add("ärzte")
    assert Tag.objects.count() == 1
    person = make_person(name="Zoë")
    Person.objects.update(key=None)
    assert list(Person.objects.called("Zoë")) == [person]


def test_a_former_name_in_another_spelling_is_the_tag_of_today(db):
    tag = Tag.objects.create(name="Öl")
    tag_merge.rename_tag(tag, name="Energie")
    article = make_article(tags=["O\u0308L"])
    assert [*article.tags.all()] == [tag]
