import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import translation
from pytest_django.asserts import assertContains, assertNotContains

from newsroom.admin.permission_names import permission_in_words
from newsroom.models import DeskPreferences
from tests.factories import make_user

FORMS = ["admin:auth_group_change", "admin:auth_user_change"]


def test_in_english_permissions_are_named_as_they_are_stored(db):
    for permission in Permission.objects.select_related("content_type"):
        assert permission_in_words(permission) == str(permission)


@pytest.mark.parametrize("form", FORMS)
def test_permissions_are_offered_in_the_language_of_the_account(client, db, form):
    admin = make_user(is_superuser=True, is_staff=True)
    DeskPreferences.objects.create(user=admin, language="de")
    client.force_login(admin)
    key = Group.objects.get(name="Editors").pk if "group" in form else admin.pk
    page = client.get(reverse(form, args=[key]))
    assertContains(page, "Artikel | Artikel | Artikel hinzufügen")
    assertContains(page, "Kommentare | Kommentar | Über Kommentare entscheiden")
    assertNotContains(page, "| Can ")


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt-br", "ar"])
def test_no_permission_stays_in_english(db, language):
    with translation.override(language):
        for permission in Permission.objects.select_related("content_type"):
            assert "Can " not in permission_in_words(permission)
