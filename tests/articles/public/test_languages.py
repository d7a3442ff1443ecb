"""Articles in several languages: addresses, lists, and the links between versions."""

import re

import pytest
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from tests.factories import (
    DAY,
    HOUR,
    make_article,
    make_correction,
    make_person,
    make_shown_comment,
    make_user,
    make_visible_article,
)


@pytest.fixture(autouse=True)
def languages(settings):
    settings.FURTHER_LANGUAGES = ["de", "fr"]


@pytest.fixture
def ana(db):
    return make_person(name="Ana Ruiz")


@pytest.fixture
def english(ana):
    return make_visible_article(
        title="The bridge", language="en", tags=["Rivers"], byline=[ana]
    )


@pytest.fixture
def german(english, ana):
    return make_visible_article(
        title="Die Brücke",
        language="de",
        tags=["Rivers"],
        byline=[ana],
        translation_of=english,
    )


def alternates(page):
    return re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page)


def test_an_article_has_the_prefix_of_its_language(english, german):
    austrian = make_article(title="Marillen", language="de-at")
    italian = make_article(title="Il ponte", language="it")
    assert english.get_absolute_url() == "/articles/the-bridge/"
    assert german.get_absolute_url() == "/de/articles/die-bruecke/"
    assert austrian.get_absolute_url() == "/de/articles/marillen/"
    assert italian.get_absolute_url() == "/articles/il-ponte/"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/articles/die-bruecke/", "/de/articles/die-bruecke/"),
        ("/fr/articles/die-bruecke/", "/de/articles/die-bruecke/"),
        ("/de/articles/the-bridge/", "/articles/the-bridge/"),
        ("/articles/die-bruecke/comments/", "/de/articles/die-bruecke/comments/"),
        (
            "/articles/die-bruecke/comments/rss.xml",
            "/de/articles/die-bruecke/comments/rss.xml",
        ),
        (
            "/articles/die-bruecke/report-error/",
            "/de/articles/die-bruecke/report-error/",
        ),
    ],
)
def test_other_prefixes_redirect_there(client, german, asked, answer):
    response = client.get(asked)
    assert (response.status_code, response["Location"]) == (301, answer)
    assert "no-cache" in response["Cache-Control"]
    assert client.get(answer).status_code == 200


def test_a_former_address_leads_to_the_one_with_the_prefix(client, german):
    german.rename("die-alte-bruecke")
    response = client.get("/articles/die-bruecke/")
    assert response["Location"] == "/de/articles/die-alte-bruecke/"


def test_only_languages_of_the_setting_have_addresses(client, german):
    assert client.get("/es/").status_code == 404
    assert client.get("/es/articles/die-bruecke/").status_code == 404
    assert client.get("/en/").status_code == 404
    assert client.get("/de/de/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "admin/",
        "healthz",
        "sitemap.xml",
        "robots.txt",
        "favicon.ico",
        "media/",
        "static/css/base.css",
    ],
)
def test_what_has_no_language_has_one_address(db, client, path):
    assert client.get(f"/de/{path}", follow=True).status_code == 404


def test_an_address_without_its_last_slash_keeps_the_prefix(client, german):
    assert client.get("/de/tags")["Location"] == "/de/tags/"
    assert client.get("/de")["Location"] == "/de/"


def test_each_page_lists_its_own_language(client, english, german):
    make_article(title="Il ponte", language="it").publish()
    make_visible_article(title="Marillen", language="de-at")
    for path in ["", "feeds/rss.xml", f"archive/{english.published_at.year}/"]:
        ours = client.get(f"/{path}").content.decode()
        theirs = client.get(f"/de/{path}").content.decode()
        assert "The bridge" in ours
        assert "Il ponte" in ours
        assert "Die Brücke" not in ours
        assert "Marillen" not in ours
        assert "The bridge" not in theirs
        assert "Il ponte" not in theirs
        assert "Die Brücke" in theirs
        assert "Marillen" in theirs


def test_a_variant_with_addresses_of_its_own_is_not_its_language(db, settings):
    settings.FURTHER_LANGUAGES = ["de", "de-at"]
    german, austrian, english = (
        make_article(language=code) for code in ["DE", "de-at", "en-gb"]
    )
    assert [*Article.objects.read_in("de")] == [german]
    assert [*Article.objects.read_in("de-at")] == [austrian]
    assert [*Article.objects.read_in("en")] == [english]
    assert austrian.get_absolute_url().startswith("/de-at/")


def test_the_languages_share_out_all_articles(db, settings):
    settings.LANGUAGE_CODE = "de-at"
    settings.FURTHER_LANGUAGES = ["de", "pt", "pt-br"]
    for code in ["de", "de-at", "de-ch", "pt", "pt-pt", "pt-br", "en", "dex", "p"]:
        make_article(language=code)
    for article in Article.objects.all():
        found = [
            language
            for language in ["de-at", "de", "pt", "pt-br"]
            if Article.objects.read_in(language).filter(pk=article.pk).exists()
        ]
        prefix = "" if found == ["de-at"] else f"/{found[0]}"
        assert len(found) == 1
        assert article.get_absolute_url() == f"{prefix}/articles/{article.slug}/"


def test_a_tag_or_person_without_an_article_in_a_language_is_not_there(client, english):
    assert client.get("/tags/rivers/").status_code == 200
    assert client.get("/people/ana-ruiz/").status_code == 200
    for path in ["tags/rivers/", "tags/rivers/rss.xml", "people/ana-ruiz/"]:
        assert client.get(f"/de/{path}").status_code == 404
    assert "Rivers" not in client.get("/de/tags/").content.decode()


def test_links_of_a_page_stay_within_its_language(client, german):
    page = client.get("/de/articles/die-bruecke/").content.decode()
    links = set(re.findall(r'href="(/[^"#?]*)', page))
    elsewhere = {
        link
        for link in links
        if not link.startswith(("/de/", "/static/", "/texts/", "/fr/"))
    }
    assert elsewhere == {"/favicon.ico", "/", "/articles/the-bridge/"}
    assert "/de/tags/rivers/" in links
    assert "/de/people/ana-ruiz/" in links
    assert "/de/about/" in links
    for link in links - {"/favicon.ico"}:
        if not link.startswith(("/static/", "/texts/")):
            assert client.get(link).status_code == 200, link


def test_addresses_after_the_answer_have_no_prefix(client, german):
    client.get("/de/articles/die-bruecke/")
    assert reverse("articles:home") == "/"


def test_a_page_speaks_the_language_of_its_address(client, german):
    response = client.get("/de/articles/die-bruecke/")
    assert response["Content-Language"] == "de"
    assert '<html lang="de"' in response.content.decode()
    missing = client.get("/de/articles/nirgends/")
    assert missing.status_code == 404
    assert '<html lang="de"' in missing.content.decode()


def test_corrections_and_comments_are_listed_by_language(client, english, german):
    for article in [english, german]:
        make_correction(article=article)
        make_shown_comment(article=article, name=f"Reader of {article.title}")
    for path in ["corrections/", "corrections/rss.xml", "comments/rss.xml"]:
        assert "The bridge" in client.get(f"/{path}").content.decode()
        assert "Die Brücke" not in client.get(f"/{path}").content.decode()
        assert "Die Brücke" in client.get(f"/de/{path}").content.decode()
        assert "The bridge" not in client.get(f"/de/{path}").content.decode()


def test_a_feed_says_its_language_and_its_own_address(client, german):
    feed = client.get("/de/feeds/rss.xml").content.decode()
    assert "<language>de</language>" in feed
    assert "http://localhost:8000/de/feeds/rss.xml" in feed
    assert "http://localhost:8000/de/articles/die-bruecke/" in feed


def test_previous_and_next_stay_within_a_language(db):
    first = make_visible_article(language="de")
    make_visible_article(language="en", published_at=first.published_at + HOUR)
    last = make_visible_article(
        language="de-ch", published_at=first.published_at + HOUR / 2
    )
    assert first.newer() == last
    assert last.older() == first
    assert last.newer() is None


def test_a_comment_leads_to_the_page_of_its_article(client, german):
    comment = make_shown_comment(article=german)
    response = client.get(comment.get_absolute_url())
    assert response["Location"] == f"/de/articles/die-bruecke/#comment-{comment.pk}"


def test_a_comment_can_be_posted_at_either_address(client, german):
    words = {"name": "Ben", "body": "Guten Tag!", "seconds": "30"}
    for prefix in ["/de", ""]:
        response = client.post(
            f"{prefix}/articles/die-bruecke/comments/",
            words | {"body": f"Guten Tag {prefix}!"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert response.status_code == 303
        assert response["Location"].startswith(f"{prefix}/comments/mine/")
        assert client.get(response["Location"]).status_code == 200


# Versions of one article


def test_versions_link_to_each_other(client, english, german):
    for article in [english, german]:
        page = client.get(article.get_absolute_url()).content.decode()
        assert alternates(page) == [
            ("en", "http://localhost:8000/articles/the-bridge/"),
            ("x-default", "http://localhost:8000/articles/the-bridge/"),
            ("de", "http://localhost:8000/de/articles/die-bruecke/"),
        ]
    assert (
        '<a href="/articles/the-bridge/" rel="alternate" lang="en" hreflang="en">'
        "<bdi>English</bdi></a>"
    ) in page
    assert '<span lang="de" aria-current="page"><bdi>Deutsch</bdi></span>' in page


def test_a_hidden_version_is_named_nowhere(client, english, german):
    make_article(title="Le pont", language="fr", translation_of=english)
    german.withdraw(kind=Article.Withdrawal.NOTICE)
    page = client.get("/articles/the-bridge/").content.decode()
    assert not alternates(page)
    assert "language-switch" not in page
    assert not alternates(client.get("/de/articles/die-bruecke/").content.decode())
    sitemap = client.get("/sitemap.xml").content.decode()
    assert "xhtml:link" not in sitemap
    assert "bruecke" not in sitemap


def test_versions_cost_one_query_and_none_with_one_language(
    client, english, german, settings, django_assert_num_queries
):
    with CaptureQueriesContext(
        connection,
    ) as several:
        client.get("/articles/the-bridge/")
    settings.FURTHER_LANGUAGES = []
    with CaptureQueriesContext(connection) as one:
        client.get("/articles/the-bridge/")
    assert len(several) == len(one) + 1
    assert not [query for query in one if 'translation_of_id" =' in query["sql"]]


def test_a_site_with_one_language_lists_every_article(
    client, english, german, settings
):
    settings.FURTHER_LANGUAGES = []
    page = client.get("/").content.decode()
    assert "Die Brücke" in page
    assert "The bridge" in page
    assert german.get_absolute_url() == "/articles/die-bruecke/"
    assert client.get("/de/").status_code == 404
    assert "Languages" not in page
    assert not alternates(page)


def test_the_sitemap_has_each_address_once_with_its_versions(client, english, german):
    sitemap = client.get("/sitemap.xml").content.decode()
    places = re.findall(r"<loc>http://localhost:8000([^<]*)</loc>", sitemap)
    assert len(places) == len(set(places))
    assert {
        "/", "/de/", "/fr/", "/articles/the-bridge/", "/de/articles/die-bruecke/",
        "/tags/rivers/", "/de/tags/rivers/", "/de/people/ana-ruiz/", "/fr/archive/",
    } <= set(places)  # fmt: skip
    assert "/fr/tags/rivers/" not in places
    [entry] = re.findall(r"<url><loc>[^<]*die-bruecke/</loc>.*</url>", sitemap)
    assert re.findall(r'hreflang="([^"]*)"', entry) == ["en", "x-default", "de"]
    for place in places:
        assert Client().get(place).status_code == 200, place


def test_the_sitemap_takes_the_same_queries_for_many_versions(
    client, english, german, django_assert_num_queries
):
    with CaptureQueriesContext(connection) as few:
        client.get("/sitemap.xml")
    for number in range(5):
        original = make_visible_article(title=f"More {number}", language="en")
        for language in ["de", "fr"]:
            make_visible_article(language=language, translation_of=original)
    with django_assert_num_queries(len(few)):
        client.get("/sitemap.xml")


def test_each_front_page_names_the_others(client, english):
    page = client.get("/de/").content.decode()
    assert alternates(page) == [
        ("en", "http://localhost:8000/"),
        ("x-default", "http://localhost:8000/"),
        ("de", "http://localhost:8000/de/"),
        ("fr", "http://localhost:8000/fr/"),
    ]
    assert '<a href="/fr/" lang="fr" hreflang="fr"><bdi>Français</bdi></a>' in page


def test_a_draft_is_seen_by_staff_at_its_own_address(english):
    draft = make_article(
        title="Le pont", language="fr", translation_of=english, created_by=None
    )
    desk = Client()
    desk.force_login(make_user(role="Editors"))
    assert desk.get("/articles/le-pont/")["Location"] == "/fr/articles/le-pont/"
    page = desk.get("/fr/articles/le-pont/").content.decode()
    assert f"/admin/articles/article/{draft.pk}/change/" in page
    assert "/fr/admin/" not in page


def test_publication_later_keeps_a_translation_out_until_then(client, english):
    later = make_article(title="Le pont", language="fr", translation_of=english)
    later.publish(at=english.published_at + 400 * DAY)
    assert not alternates(client.get("/articles/the-bridge/").content.decode())


def test_a_page_of_editors_has_a_version_for_each_language(db, client):
    for url, title in [("/de/imprint/", "Impressum"), ("/house/", "Our house")]:
        page = FlatPage.objects.create(url=url, title=title)
        page.sites.add(settings.SITE_ID)
    assert "Impressum" in client.get("/de/imprint/").content.decode()
    assert "Impressum" not in client.get("/imprint/").content.decode()
    # Without a page of its own, the page of the site is shown, which is the one to be found.
    house = client.get("/de/house/").content.decode()
    assert "Our house" in house
    assert '<link rel="canonical" href="http://localhost:8000/house/">' in house
    assert client.get("/de/rules/").status_code == 200


def test_search_engines_keep_out_of_private_pages_in_each_language(client, db):
    robots = client.get("/robots.txt").content.decode()
    for path in ["/comments/mine/", "/de/comments/mine/", "/fr/comments/data/"]:
        assert f"Disallow: {path}\n" in robots
