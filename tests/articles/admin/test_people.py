import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article, Tag
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
