from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains


def test_the_desk_offers_one_kind_of_tag(admin_client):
    page = admin_client.get(reverse("admin:index"))
    assertContains(page, reverse("admin:articles_tag_changelist"))
    assertNotContains(page, "taggit")
