import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.admin import people
from articles.models import Article, PersonAddress, Tag
from tests.factories import (
    make_article,
    make_person,
    make_user,
    make_visible_article,
)


@pytest.mark.parametrize("make", [make_article, make_visible_article])
def test_a_person_or_tag_is_viewed_on_the_site_where_readers_find_it(desk, make):
    person = make_person()
    make(byline=[person], tags=["Harbour"])
    for row in [person, Tag.objects.get()]:
        view = f"admin:articles_{row._meta.model_name}_change"
        form = desk.get(reverse(view, args=[row.pk]))
        link = f'href="{row.get_absolute_url()}"'
        if make is make_visible_article:
            assertContains(form, link)
        else:
            assertNotContains(form, link)


def test_nobody_learns_the_address_of_an_article_from_its_number(client, db):
    article = make_article(title="Minister resigns")
    client.force_login(make_user(role="Writers"))
    kind = ContentType.objects.get_for_model(Article)
    shortcut = reverse("admin:view_on_site", args=[kind.pk, article.pk])
    assert client.get(shortcut).status_code == 404


def test_the_form_of_a_person_says_how_often_they_stand_in_bylines(desk, monkeypatch):
    person = make_person()
    address = reverse("admin:articles_person_change", args=[person.pk])
    assertContains(desk.get(address), "No article names this author yet.")
    for _ in range(3):
        make_article().set_byline((person, "by"), (person, "photographs"))
    make_article().set_byline((person, "editing"))
    assertContains(desk.get(address), "by: 3, photographs: 3 and editing: 1")
    monkeypatch.setattr(people, "MOST_ROWS_COUNTED", 2)
    assertContains(desk.get(address), "by: more than 2")
    assertNotContains(desk.get(reverse("admin:articles_person_add")), "in bylines")


@pytest.mark.parametrize("number", [1, 20])
def test_the_form_of_a_person_takes_as_many_queries_for_many_articles(
    desk, django_assert_num_queries, number
):
    person = make_person()
    for _ in range(number):
        make_visible_article().set_byline((person, "by"), (person, "photographs"))
    address = reverse("admin:articles_person_change", args=[person.pk])
    desk.get(address)
    with django_assert_num_queries(18):
        desk.get(address)


def test_who_only_photographed_is_viewed_on_the_site(desk):
    person = make_person()
    make_visible_article().set_byline((person, "photographs"))
    form = desk.get(reverse("admin:articles_person_change", args=[person.pk]))
    assertContains(form, f'href="{person.get_absolute_url()}"')


def test_a_former_address_of_somebody_else_is_refused(desk):
    person, other = make_person(name="Ana"), make_person(name="Ben")
    PersonAddress.objects.create(slug="anna", person=person)
    for one, is_taken in [(person, False), (other, True)]:
        form = reverse("admin:articles_person_change", args=[one.pk])
        page = desk.post(form, {"name": one.name, "slug": "anna", "about": ""})
        assert (page.status_code == 200) is is_taken
    assertContains(page, "belonged to another author")
    assert make_person(name="Anna").slug == "anna-2"
