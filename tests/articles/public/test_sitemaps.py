from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.utils import timezone

from articles.models import Article
from articles.public import sitemaps
from tests.factories import HOUR, make_person, make_visible_article

NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
AT = datetime(2025, 9, 5, 6, 30, tzinfo=UTC)


def read(client, address="/sitemap.xml"):
    """The name of the root element, and a dict for each address."""
    page = client.get(address)
    assert page.headers["Content-Type"] == "application/xml"
    root = ElementTree.fromstring(page.content)
    return root.tag.removeprefix(NS), {
        place.findtext(f"{NS}loc").removeprefix(settings.SITE_URL): place.findtext(
            f"{NS}lastmod"
        )
        for place in root
    }


def test_the_sitemap_names_every_public_page(client, db):
    article = make_visible_article(tags=["Water"], byline=[make_person(name="Ana")])
    kind, places = read(client)
    assert kind == "urlset"
    assert places.keys() == {
        "/",
        "/tags/",
        "/tags/water/",
        "/people/ana/",
        "/archive/",
        "/corrections/",
        "/about/",
        "/imprint/",
        "/privacy/",
        "/rules/",
        article.get_absolute_url(),
    }


def test_the_sitemap_says_when_an_article_changed(client, db):
    changed = make_visible_article(published_at=AT)
    appeared = make_visible_article(published_at=AT + HOUR)
    Article.objects.filter(pk=changed.pk).update(updated_at=AT + 2 * HOUR)
    # Updated before its publication time, so it was new to everybody then.
    Article.objects.filter(pk=appeared.pk).update(updated_at=AT)
    _, places = read(client)
    assert places[changed.get_absolute_url()] == "2025-09-05T08:30:00+00:00"
    assert places[appeared.get_absolute_url()] == "2025-09-05T07:30:00+00:00"


def test_a_page_for_members_is_in_no_sitemap(client, db):
    page = FlatPage.objects.create(
        url="/members/", title="Members", registration_required=True
    )
    page.sites.add(settings.SITE_ID)
    assert "/members/" not in read(client)[1]


def test_a_sitemap_of_an_empty_site_is_one(client, db):
    assert read(client)[0] == "urlset"


@pytest.fixture
def large_site(db, monkeypatch):
    monkeypatch.setattr(sitemaps, "ARTICLES_IN_ONE_FILE", 3)
    return [
        make_visible_article(published_at=AT - timedelta(days=20 * n), tags=["Water"])
        for n in range(4)
    ]


def test_a_large_site_has_a_file_for_each_month(client, large_site):
    kind, files = read(client)
    assert kind == "sitemapindex"
    assert list(files) == [
        "/sitemaps/pages.xml",
        "/sitemaps/2025/09.xml",
        "/sitemaps/2025/08.xml",
        "/sitemaps/2025/07.xml",
    ]
    met = [place for file in files for place in read(client, file)[1]]
    assert len(met) == len(set(met))
    assert {article.get_absolute_url() for article in large_site} <= set(met)
    assert {"/tags/water/", "/about/", "/"} <= set(met)


def test_a_sitemap_takes_few_queries_however_many_files(
    client, large_site, django_assert_num_queries
):
    make_visible_article(published_at=AT - timedelta(days=4000))
    for address, queries in {
        "/sitemap.xml": 5,
        "/sitemaps/2025/09.xml": 1,
        "/sitemaps/pages.xml": 3,
    }.items():
        with django_assert_num_queries(queries):
            client.get(address)


@pytest.mark.parametrize("month", ["2020/01", "2025/13", "0001/01", "9999/12"])
def test_a_month_without_articles_has_no_file(client, large_site, month):
    assert client.get(f"/sitemaps/{month}.xml").status_code == 404


def test_the_sitemap_fits_the_published_schema(
    client, large_site, samples, monkeypatch
):
    """Checked without a validator: the names, their order, the format of dates."""
    xsd = ElementTree.parse(samples / "feeds" / "sitemap-xsd" / "sitemap.xsd")
    allowed = [
        element.get("name")
        for element in xsd.iter("{http://www.w3.org/2001/XMLSchema}element")
        if element.get("name") not in {"urlset", "url"}
    ]
    monkeypatch.undo()
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    for place in root:
        names = [child.tag.removeprefix(NS) for child in place]
        assert names == [name for name in allowed if name in names]
        if (changed := place.findtext(f"{NS}lastmod")) is not None:
            assert datetime.fromisoformat(changed) <= timezone.now()
