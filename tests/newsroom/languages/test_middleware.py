import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from newsroom.models import DeskPreferences
from tests.factories import make_user


@pytest.fixture
def editor(db):
    return make_user(role="Editors", username="edith")


@pytest.fixture
def desk(editor):
    client = Client()
    client.force_login(editor)
    return client


def language_of(response):
    page = response.content.decode()
    assert f'lang="{response.headers["Content-Language"]}"' in page
    return response.headers["Content-Language"]


def test_readers_see_the_language_of_the_site(db, client, settings):
    settings.LANGUAGE_CODE = "de"
    page = client.get("/")
    assert language_of(page) == "de"
    assert 'dir="ltr"' in page.content.decode()


def test_a_site_in_arabic_runs_from_right_to_left(db, client, settings):
    settings.LANGUAGE_CODE = "ar"
    page = client.get("/")
    assert language_of(page) == "ar"
    assert '<html lang="ar" dir="rtl">' in page.content.decode()


def test_headers_of_the_browser_do_not_change_the_language(db, client):
    page = client.get(
        "/", headers={"Accept-Language": "de", "Cookie": "django_language=de"}
    )
    assert language_of(page) == "en"


def test_the_desk_speaks_the_language_that_the_account_chose(desk):
    desk.post(reverse("choose_language"), {"language": "fr"})
    assert language_of(desk.get(reverse("admin:index"))) == "fr"
    assert language_of(desk.get("/")) == "en"


def test_the_choice_is_kept_with_the_account_and_not_with_the_session(desk, editor):
    desk.post(reverse("choose_language"), {"language": "es"})
    elsewhere = Client()
    elsewhere.force_login(editor)
    assert language_of(elsewhere.get(reverse("admin:index"))) == "es"


def test_an_account_can_go_back_to_the_language_of_the_site(desk, editor, settings):
    settings.LANGUAGE_CODE = "de"
    DeskPreferences.objects.create(user=editor, language="fr")
    desk.post(reverse("choose_language"), {"language": ""})
    assert language_of(desk.get(reverse("admin:index"))) == "de"


def test_a_language_that_is_not_shipped_is_refused(desk, editor):
    desk.post(reverse("choose_language"), {"language": "tlh"})
    assert not DeskPreferences.objects.exists()


def test_the_sign_in_page_speaks_the_language_of_the_site(db, client, settings):
    settings.LANGUAGE_CODE = "pt-br"
    assert language_of(client.get(reverse("admin:login"))) == "pt-br"


def test_a_missing_page_speaks_the_language_of_the_site(db, client, settings):
    settings.LANGUAGE_CODE = "de"
    assert language_of(client.get("/articles/missing/")) == "de"


def test_no_language_is_left_over_after_a_request(desk):
    desk.post(reverse("choose_language"), {"language": "fr"})
    desk.get(reverse("admin:index"))
    assert translation.get_language() == "en"


def test_choosing_costs_no_query_at_the_desk(desk, editor, django_assert_num_queries):
    address = reverse("choose_language")
    with django_assert_num_queries(2):
        desk.get(reverse("admin:jsi18n"))
    desk.post(address, {"language": "fr"})
    with django_assert_num_queries(2):
        desk.get(reverse("admin:jsi18n"))
