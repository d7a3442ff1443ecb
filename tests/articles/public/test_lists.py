from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Tag
from articles.public.views import ARTICLES_A_PAGE
from tests.articles.public.pages import make_archive, structured_data
from tests.factories import (
    make_article,
    make_person,
    make_user,
    make_visible_article,
)


def test_tags_are_listed_by_name_with_their_articles_counted(client, db):
    make_visible_article(tags=["Water", "Climate"])
    make_visible_article(tags=["Water"])
    found = client.get("/tags/").context["tags"]
    assert [(tag.name, tag.articles_found) for tag in found] == [
        ("Climate", 1),
        ("Water", 2),
    ]


@pytest.mark.parametrize("address", ["/tags/water/", "/people/ana/"])
def test_a_tag_or_person_lists_their_articles_newest_first(client, db, address):
    ana = make_person(name="Ana", about="Writes.")
    articles = make_archive(ARTICLES_A_PAGE + 2, tags=["Water"], byline=[ana])
    make_visible_article(tags=["Other"], byline=[make_person()])
    page = client.get(address).context["page"]
    assert page.rows == articles[:ARTICLES_A_PAGE]
    older = client.get(address, {"before": str(page.older)})
    assert older.context["page"].rows == articles[ARTICLES_A_PAGE:]


@pytest.mark.parametrize("address", ["/tags/water/", "/people/ana/"])
def test_beyond_the_last_article_there_is_no_page(client, db, address):
    make_visible_article(tags=["Water"], byline=[make_person(name="Ana")])
    assert client.get(address, {"before": "1-1"}).status_code == 404


@pytest.fixture
def credited(db):
    """Articles by Ana with photographs by Ben, and one that is not visible."""
    ana, ben = make_person(name="Ana Ruiz"), make_person(name="Ben Cole")
    article = make_visible_article(title="Together")
    article.set_byline((ben, "photographs"), (ana, "by"))
    make_visible_article(title="Alone", byline=[ben])
    make_article(title="Hidden").set_byline((ben, "editing"), (ben, "photographs"))
    return article


def test_a_byline_reads_the_same_on_the_page_and_on_a_card(client, credited):
    said = (
        'By <a href="/people/ana-ruiz/" rel="author"><bdi>Ana Ruiz</bdi></a>; '
        'photographs by <a href="/people/ben-cole/" rel="author"><bdi>Ben Cole</bdi></a>'
    )
    for page in ["/", credited.get_absolute_url(), "/people/ana-ruiz/"]:
        assertContains(client.get(page), said)


def test_what_a_person_wrote_and_photographed_stand_apart(client, credited):
    def titles(address):
        return [article.title for article in client.get(address).context["page"]]

    assert titles("/people/ben-cole/") == ["Alone"]
    assert titles("/people/ben-cole/?role=photographs") == ["Together"]
    page = client.get("/people/ben-cole/")
    assertContains(page, 'href="/people/ben-cole/?role=photographs"')
    assertNotContains(page, "editing")
    for nothing in ["editing", "by%00", "x"]:
        assert client.get(f"/people/ben-cole/?role={nothing}").status_code == 404
    assertNotContains(client.get("/people/ana-ruiz/"), "role=")


def test_who_only_photographed_has_a_page(client, db):
    ben = make_person(name="Ben")
    for number in range(ARTICLES_A_PAGE + 1):
        make_visible_article(title=f"No {number}").set_byline((ben, "photographs"))
    page = client.get("/people/ben/")
    assert len(page.context["page"]) == ARTICLES_A_PAGE
    assertContains(page, '<a href="/people/ben/" aria-current="page">Photographs</a>')
    older = str(page.context["page"].older)
    assertContains(
        client.get("/people/ben/?role=photographs"),
        f'href="?role=photographs&amp;before={older}"',
    )


def test_machines_read_who_did_what(client, db):
    ana, ben, cy = (make_person(name=name) for name in ["Ana", "</script>", "Cy"])
    article = make_visible_article(title="Frost & <fire>", tags=["Climate"])
    article.set_byline((ana, "by"), (ben, "photographs"), (cy, "editing"))
    data = structured_data(client.get(article.get_absolute_url()))
    assert (data["@type"], data["headline"]) == ("NewsArticle", "Frost & <fire>")
    assert [person["name"] for person in data["author"]] == ["Ana"]
    assert data["author"][0]["url"] == settings.SITE_URL + "/people/ana/"
    assert [person["name"] for person in data["editor"]] == ["Cy"]
    [role] = data["contributor"]
    assert (role["roleName"], role["contributor"]["name"]) == (
        "photographs",
        "</script>",
    )
    assert data["datePublished"] == article.published_at.isoformat()


def test_machines_read_nothing_of_an_article_that_is_not_public(client, db):
    article = make_article()
    client.force_login(make_user(role="Editors"))
    assertNotContains(client.get(article.get_absolute_url()), "ld+json")


def test_an_unused_tag_is_not_found(client, db):
    Tag.objects.create(name="Unused")
    assert client.get("/tags/unused/").status_code == 404
    assertContains(client.get("/tags/"), "No article has a tag yet")


def test_the_archive_lists_years_and_months_in_the_time_of_the_site(
    client, db, settings
):
    settings.TIME_ZONE = "Pacific/Auckland"
    make_visible_article(published_at=datetime(2024, 12, 31, 12, tzinfo=UTC))
    make_visible_article(published_at=datetime(2023, 3, 1, tzinfo=UTC))
    years = client.get("/archive/").context["years"]
    assert [
        (year.start.year, [month.start.month for month in months])
        for year, months in years
    ] == [(2025, [1]), (2023, [3])]
    assert client.get("/archive/2025/01/").status_code == 200
    assert client.get("/archive/2024/").status_code == 404


def test_a_month_holds_its_first_moment_and_not_the_next_months(client, db):
    first = make_visible_article(published_at=datetime(2024, 2, 1, tzinfo=UTC))
    last = make_visible_article(
        published_at=datetime(2024, 3, 1, tzinfo=UTC) - timedelta(microseconds=1)
    )
    make_visible_article(published_at=datetime(2024, 3, 1, tzinfo=UTC))
    assert client.get("/archive/2024/02/").context["page"].rows == [last, first]


def test_a_year_lists_its_months_and_its_articles(client, db):
    make_visible_article(title="In June", published_at=datetime(2024, 6, 1, tzinfo=UTC))
    page = client.get("/archive/2024/")
    assertContains(page, 'href="/archive/2024/06/"')
    assertContains(page, "In June")


def test_an_empty_archive_says_so(client, db):
    assertContains(client.get("/archive/"), "Nothing has been published yet")


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize(
    "place",
    ["0000/", "0001/", "9999/", "9998/", "0001/01/", "9999/12/", "2024/00/", "2024/13/"]
    + ["24/", "2024/1/", "20245/", "٢٠٢٤/"],
)
def test_a_time_without_articles_is_not_found(client, db, settings, zone, place):
    settings.TIME_ZONE = zone
    make_visible_article()
    assert client.get(f"/archive/{place}").status_code == 404


def test_the_archive_takes_articles_of_any_age(client, db):
    make_visible_article(published_at=datetime(1620, 7, 1, tzinfo=UTC))
    make_visible_article()
    years = [year.start.year for year, _ in client.get("/archive/").context["years"]]
    assert years == [timezone.now().year, 1620]
