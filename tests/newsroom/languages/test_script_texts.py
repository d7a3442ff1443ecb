import pytest
from django.urls import reverse

from newsroom.languages.script_texts import address_of_texts, catalog_version
from newsroom.languages.shipped import SHIPPED
from tests.factories import make_article, make_user

OTHERS = [code for code in SHIPPED if code != "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_browsers_keep_the_texts_of_scripts_for_ever(client, language):
    answer = client.get(address_of_texts(language))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Content-Type"].startswith("text/javascript")


def test_the_texts_hold_translations(client):
    texts = client.get(address_of_texts("de")).content.decode()
    assert "{written} von {limit} Zeichen" in texts


def test_an_outdated_address_gives_the_present_texts_and_is_not_kept(client):
    answer = client.get(reverse("script_texts", args=["de", "000000000000"]))
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("language", ["en", "it", "xx"])
def test_languages_without_a_catalog_are_not_found(client, language):
    address = reverse("script_texts", args=[language, catalog_version("de")])
    assert client.get(address).status_code == 404


def test_english_pages_load_no_texts(db, client, settings):
    assert b"/texts/" not in client.get("/").content
    settings.LANGUAGE_CODE = "de"
    assert address_of_texts("de").encode() in client.get("/").content


def test_the_desk_loads_the_texts_before_the_scripts_that_show_them(
    db, client, settings
):
    settings.LANGUAGE_CODE = "de"
    client.force_login(make_user(role="Editors"))
    article = make_article()
    page = client.get(
        reverse("admin:articles_article_change", args=[article.pk])
    ).content.decode()
    assert page.index(address_of_texts("de")) < page.index("live_preview.js")
