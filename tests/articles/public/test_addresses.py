"""Addresses in every script: on pages, in feeds and sitemaps, and on the wire."""

import unicodedata
from urllib.parse import quote

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from articles.models import Article, Tag
from tests.factories import make_person, make_shown_comment, make_visible_article

TITLES = ["Москва и Питер", "مرحبا بالعالم", "東京の夏", "हिन्दी में समाचार", "กำลังใจ"]


@pytest.mark.parametrize("title", TITLES)
def test_an_article_is_found_under_the_letters_of_its_title(client, db, title):
    article = make_visible_article(title=title, slug="")
    slug = article.slug
    assert slug == title.lower().replace(" ", "-")
    address = f"/articles/{quote(slug)}/"
    assert article.get_absolute_url() == address
    for path in [address, f"/articles/{slug}/", f"/articles/{quote(slug).lower()}/"]:
        page = client.get(path)
        assertContains(page, f'rel="canonical" href="http://localhost:8000{address}"')


def test_a_browser_that_takes_letters_apart_finds_the_article(client, db):
    make_visible_article(slug="москвы-й-über")
    apart = unicodedata.normalize("NFD", "москвы-й-über")
    assert client.get(f"/articles/{quote(apart)}/").status_code == 200


def test_addresses_are_percent_encoded_wherever_they_are_sent(client, db):
    article = make_visible_article(
        title="Зима", slug="", tags=["Погода"], byline=[make_person(name="Ольга")]
    )
    make_shown_comment(article=article)
    article.rename("зима-пришла")
    wire = f"/articles/{quote('зима-пришла')}/"
    feeds = [reverse("articles:rss"), reverse("articles:sitemap")]
    for feed in [*feeds, reverse("comments:rss", args=["зима-пришла"])]:
        page = client.get(feed)
        assertContains(page, f"http://localhost:8000{wire}")
        assert "/зима" not in page.content.decode()
    sitemap = client.get(reverse("articles:sitemap"))
    assertContains(sitemap, f"/tags/{quote('погода')}/")
    assertContains(sitemap, f"/people/{quote('ольга')}/")
    for tail in ["", "comments/", "comments/rss.xml", "report-error/"]:
        moved = client.get(f"/articles/{quote('зима')}/{tail}")
        assert moved.status_code == 301
        assert moved.headers["Location"] == wire + tail


def test_the_pages_of_tags_and_people_have_their_letters(client, db):
    make_visible_article(tags=["Straße"])
    tag, person = Tag.objects.get(), make_person(name="Łukasz Œuvrard")
    assert (tag.slug, person.slug) == ("strasse", "lukasz-oeuvrard")
    make_visible_article(tags=["ไทย น้ำ"], byline=[make_person(name="सोनी")])
    tag, person = Tag.objects.latest("pk"), make_person(name="ольга")
    assert client.get(f"/tags/{quote('ไทย-น้ำ')}/").status_code == 200
    assert client.get(f"/tags/{quote('ไทย-น้ำ')}/rss.xml").status_code == 200
    assert client.get(f"/people/{quote('सोनी')}/").status_code == 200
    assert person.get_absolute_url() == f"/people/{quote('ольга')}/"


def test_german_addresses_follow_the_language_of_the_article(db, settings):
    assert make_visible_article(title="Öl", slug="", language="de").slug == "oel"
    assert make_visible_article(title="Öl", slug="", language="sv").slug == "ol"
    settings.LANGUAGE_CODE = "de"
    assert make_person(name="Jörg Groß").slug == "joerg-gross"
    assert Tag.objects.create(name="Ärzte").slug == "aerzte"


def test_addresses_that_are_there_do_not_change(client, db):
    article = make_visible_article(title="Straße", slug="strae")
    article.save()
    assert Article.objects.get().slug == "strae"
    assert client.get("/articles/strae/").status_code == 200


def test_a_long_run_of_marks_is_not_even_read(client, db):
    assert client.get(f"/articles/a{'%CC%80%CC%A3' * 400}/").status_code == 404


@pytest.mark.parametrize("slug", ["a b", "a.b", "%00", "%FF%FE", "%E2%80%AE", "a%2Fb"])
def test_what_is_no_slug_is_not_found(client, db, slug):
    assert client.get(f"/articles/{slug}/").status_code == 404
    assert client.get(f"/articles/{slug}/comments/").status_code == 404


def test_a_forgotten_slash_leads_to_the_article(client, db):
    make_visible_article(slug="зима")
    wire = f"/articles/{quote('зима')}"
    assertRedirects(client.get(wire), f"{wire}/", status_code=301)
