from urllib.parse import urlencode

from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.articles.admin.desk import LIST, form_of
from tests.factories import make_person, make_user, make_visible_article


def trail(page):
    return [(crumb.words, crumb.address) for crumb in page.context["trail"]]


def test_an_article_belongs_to_the_list_and_to_its_status(desk):
    page = desk.get(form_of(make_visible_article()))
    assert trail(page) == [
        ("Articles", LIST),
        ("Published", f"{LIST}?status=published"),
    ]
    for _, address in trail(page):
        assert desk.get(address).status_code == 200


def test_the_way_back_keeps_the_filters(desk):
    filters = urlencode({"_changelist_filters": "status=published&q=a"})
    page = desk.get(f"{form_of(make_visible_article())}?{filters}")
    assert trail(page)[0] == ("Articles", f"{LIST}?status=published&q=a")


def test_a_page_about_a_row_leads_to_its_form(desk):
    person = make_person(name="Inés Vega")
    page = desk.get(reverse("admin:articles_person_delete", args=[person.pk]))
    form = reverse("admin:articles_person_change", args=[person.pk])
    assert trail(page)[-1] == ("Inés Vega", form)


def test_a_list_needs_no_crumbs(desk):
    assert trail(desk.get(LIST)) == []


def test_no_page_has_the_home_of_django(client, db):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    for name in ["auth_user", "auth_group", "flatpages_flatpage", "articles_article"]:
        page = client.get(reverse(f"admin:{name}_changelist"))
        assertNotContains(page, ">Home<")
        assertContains(page, 'id="desk-menu"')
