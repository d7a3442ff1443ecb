import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from articles.models import Article, Correction, Tag
from articles.public.views import ARTICLES_A_PAGE, CORRECTIONS_A_PAGE
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

LONG_BODY = "".join(f"<h2>Part {n}</h2><p>Text {n}.</p>" for n in range(1, 4))


def make_archive(number, **fields):
    """Make this many visible articles, newest first, one day apart."""
    now = timezone.now()
    return [
        make_visible_article(published_at=now - age * DAY - HOUR, **fields)
        for age in range(number)
    ]


# Home


def test_the_newest_story_leads_the_front_page(client, db):
    newest, *older = make_archive(4)
    page = client.get("/")
    assert page.context["lead"] == newest
    assert page.context["page"].rows == older
    assertContains(page, "card--lead", count=1)


def test_a_story_kept_on_top_leads_and_stands_nowhere_else(client, db):
    *newer, oldest = make_archive(3)
    oldest.put_on_top()
    page = client.get("/")
    assert page.context["lead"] == oldest
    assert page.context["page"].rows == newer
    assertContains(page, f'href="{oldest.get_absolute_url()}"', count=1)


@pytest.mark.parametrize("place", [0, ARTICLES_A_PAGE])
def test_the_front_page_has_twenty_stories_with_or_without_one_on_top(
    client, db, place
):
    articles = make_archive(ARTICLES_A_PAGE + 1)
    if place:
        articles[place].put_on_top()
    page = client.get("/").context
    assert len([page["lead"], *page["page"]]) == ARTICLES_A_PAGE


def test_walking_the_front_page_meets_every_story_once(client, db):
    articles = make_archive(2 * ARTICLES_A_PAGE + 3)
    articles[30].put_on_top()
    page = client.get("/").context
    met = [page["lead"], *page["page"]]
    while page["page"].older:
        page = client.get("/", {"before": str(page["page"].older)}).context
        assert page["lead"] is None
        met += page["page"]
    assert len(met) == len(articles)
    assert set(met) == set(articles)


def test_an_older_page_leads_back_to_the_front_page(client, db):
    make_archive(ARTICLES_A_PAGE + 2)
    older = client.get("/", {"before": str(client.get("/").context["page"].older)})
    newer = client.get("/", {"after": str(older.context["page"].newer)})
    assertRedirects(newer, "/")


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_forged_cursor_and_one_that_leads_nowhere_are_not_found(client, db, place):
    newest, _ = make_archive(2)
    nowhere = {"before": "1-1", "after": f"{10**16}-1"}[place]
    month = f"/archive/{newest.published_at:%Y/%m}/"
    for address in ["/", "/corrections/", month]:
        for cursor in ["1' OR 1=1--", nowhere]:
            page = client.get(address, {place: cursor})
            assert page.status_code == 404
            # Kept by the page cache, on its small shelf.
            assert page.headers["Cache-Control"] == "public, no-cache"


def test_a_front_page_without_stories_says_so(client, db):
    assertContains(client.get("/"), "Nothing has been published yet")


def test_the_front_page_shows_todays_date(client, db, time_machine):
    time_machine.move_to("2025-09-05T12:00Z")
    assertContains(client.get("/"), "Friday, 5 September 2025")


# Article


def test_an_article_page_shows_what_belongs_to_it(client, db):
    article = make_visible_article(
        title="Frost <in> April",
        standfirst="One night & its price.",
        body=LONG_BODY,
        tags=["Climate", "Orchards"],
        byline=[
            make_person(name="Ana"),
            make_person(name="Bo"),
            make_person(name="Cy"),
        ],
        published_at=datetime(2025, 9, 5, 6, 30, tzinfo=UTC),
    )
    make_shown_comment(article=article)
    page = client.get(article.get_absolute_url())
    assertContains(page, '<h1 dir="auto">Frost &lt;in&gt; April</h1>', html=True)
    assertContains(page, "One night &amp; its price.</p>")
    assertContains(
        page,
        '<time datetime="2025-09-05T06:30:00+00:00" title="5 September 2025, 06:30 UTC">'
        "5 September 2025</time>",
        html=True,
    )
    assertContains(page, "1 min read")
    assertContains(page, '<a href="#comments">1 comment</a>', html=True)
    assertContains(
        page, '<p class="kicker"><a href="/tags/climate/">Climate</a></p>', html=True
    )
    assertContains(page, 'href="/tags/orchards/" rel="tag"')
    assertContains(page, '<h2 id="s-part-2">Part 2</h2><p>Text 2.</p>')
    byline = page.content.decode().split('class="byline')[1].split("</span>")[0]
    assert [name for name in ["Ana", "Bo", "Cy"] if f"<bdi>{name}</bdi>" in byline]
    assert byline.count("</a>, <a") == 1
    assert byline.count("</a> and <a") == 1


@pytest.mark.parametrize(("sections", "shown"), [(2, False), (3, True)])
def test_contents_are_listed_from_three_sections_on(client, db, sections, shown):
    body = "".join(f"<h2>Part {n}</h2><p>Text.</p>" for n in range(1, sections + 1))
    page = client.get(make_visible_article(body=body).get_absolute_url())
    assert ('href="#s-part-1"' in page.content.decode()) is shown
    assert ("In this article" in page.content.decode()) is shown


def test_an_article_leads_to_its_neighbours_by_title(client, db):
    newer, article, older = make_archive(3)
    page = client.get(article.get_absolute_url())
    text = page.content.decode()
    previous, following = text.split("Previous Post")[1], text.split("Next Post")[1]
    assert older.title in previous.split("</a>")[0]
    assert newer.title in following.split("</a>")[0]
    assertContains(page, f'href="{older.get_absolute_url()}" rel="prev"')
    assertContains(page, f'href="{newer.get_absolute_url()}" rel="next"')


def test_the_first_and_the_last_article_have_one_neighbour(client, db):
    newer, older = make_archive(2)
    assertNotContains(client.get(newer.get_absolute_url()), "Next Post")
    assertContains(client.get(newer.get_absolute_url()), "Previous Post")
    assertNotContains(client.get(older.get_absolute_url()), "Previous Post")


def test_an_article_with_nothing_but_a_title_has_a_page(client, db):
    article = make_visible_article(title="Bare", body="")
    assertContains(client.get(article.get_absolute_url()), "Bare")


def test_the_page_says_which_language_the_article_is_in(client, db):
    article = make_visible_article(language="ar", title="مدينة")
    assertContains(
        client.get(article.get_absolute_url()), '<article class="column" lang="ar">'
    )


def test_what_went_round_the_sanitiser_is_cleaned_on_the_page(client, db):
    article = make_visible_article()
    # As by a change in the database itself, where no field cleans the text.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_article SET body = %s WHERE id = %s",
            ["<p>Kept</p><script>alert(1)</script>", article.pk],
        )
    page = client.get(article.get_absolute_url())
    assertContains(page, "<p>Kept</p>")
    assertNotContains(page, "alert(1)")


def test_a_wide_table_scrolls_in_a_box_of_its_own(client, db):
    article = make_visible_article(body="<table><tr><td>1</td></tr></table>")
    assertContains(
        client.get(article.get_absolute_url()),
        '<div class="table" role="group" aria-label="Table" tabindex="0"><table>',
    )


def test_the_canonical_address_is_that_of_the_site_not_of_the_request(client, db):
    article = make_visible_article()
    page = client.get(article.get_absolute_url(), headers={"host": "127.0.0.1"})
    url = settings.SITE_URL + article.get_absolute_url()
    assertContains(page, f'<link rel="canonical" href="{url}">', html=True)
    assertContains(page, f'<meta property="og:url" content="{url}">', html=True)


# Old addresses


def test_an_old_address_leads_to_the_new_one(client, db):
    article = make_article(title="First title")
    article.publish(at=timezone.now() - DAY)
    article.rename("second")
    article.rename("third")
    for slug in ["first-title", "second"]:
        page = client.get(f"/articles/{slug}/")
        assertRedirects(page, "/articles/third/", status_code=301)
        assert page.headers["Cache-Control"] == "public, no-cache"


def test_a_withdrawn_article_leaves_its_notice_and_never_the_reason(client, db):
    article = make_visible_article()
    article.withdraw(reason="the lawyers called", notice="The figures were <wrong>.")
    page = client.get(article.get_absolute_url())
    assertContains(page, "The figures were &lt;wrong&gt;.", status_code=410)
    assertNotContains(page, "lawyers", status_code=410)
    assert page.headers["Cache-Control"] == "public, no-cache"


def test_a_withdrawn_article_without_notice_says_that_it_is_gone(client, db):
    article = make_visible_article()
    article.withdraw()
    assertContains(client.get(article.get_absolute_url()), "withdrawn", status_code=410)


def test_a_vanished_article_was_never_there(client, db):
    article = make_visible_article()
    article.withdraw(kind=Article.Withdrawal.VANISHED, notice="Never shown")
    page = client.get(article.get_absolute_url())
    assertNotContains(page, "Never shown", status_code=404)


@pytest.mark.parametrize("later", [timedelta(0), 2 * DAY])
def test_a_story_that_was_taken_off_the_schedule_leaves_nothing(
    client, db, time_machine, later
):
    article = make_article()
    article.publish(at=timezone.now() + DAY)
    article.withdraw(notice="Never shown")
    # Nor after the time at which it would have appeared.
    time_machine.move_to(timezone.now() + later)
    assert client.get(article.get_absolute_url()).status_code == 404


def test_an_address_without_its_last_slash_is_mended(client, db):
    article = make_visible_article()
    assertRedirects(
        client.get(article.get_absolute_url().rstrip("/")),
        article.get_absolute_url(),
        status_code=301,
    )


# The desk


def test_staff_find_the_way_to_edit_and_readers_do_not(client, db):
    article = make_visible_article()
    edit = reverse("admin:articles_article_change", args=[article.pk])
    assertNotContains(client.get(article.get_absolute_url()), edit)
    client.force_login(make_user(role="Moderators"))
    assertNotContains(client.get(article.get_absolute_url()), edit)
    client.force_login(make_user(role="Editors"))
    assertContains(client.get(article.get_absolute_url()), edit)


def test_a_writer_sees_the_own_draft_and_nobody_elses(client, db):
    writer = make_user(role="Writers")
    own = make_article(created_by=writer)
    other = make_article(created_by=make_user(role="Writers"))
    client.force_login(writer)
    assertContains(client.get(own.get_absolute_url()), "Not public: Draft")
    assert client.get(other.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("role", ["Editors", "Moderators", "Writers"])
def test_who_has_left_the_desk_reads_what_readers_read(client, db, role):
    user = make_user(role=role)
    article = make_article(created_by=user)
    client.force_login(user)
    assert client.get(article.get_absolute_url()).status_code == 200
    user.is_staff = False
    user.save()
    assert client.get(article.get_absolute_url()).status_code == 404


def test_the_desk_reads_when_a_scheduled_article_appears(client, db):
    article = make_article()
    article.publish(at=datetime(2999, 1, 2, 3, 4, tzinfo=UTC))
    client.force_login(make_user(role="Editors"))
    page = client.get(article.get_absolute_url())
    assertContains(page, "Not public: Scheduled")
    assertContains(page, "2 January 2999, 03:04 UTC")
    assertNotContains(page, "Post a Comment")


# Tags, people, archive


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


def structured_data(page):
    [found] = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page.content.decode()
    )
    return json.loads(found)


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


# Every page


PAGES = {
    "/": 4,
    "/articles/article/": 9,
    "/tags/": 1,
    "/tags/water/": 4,
    "/people/ana/": 5,
    "/archive/": 4,
    "/archive/2024/": 4,
    "/archive/2024/06/": 3,
    "/corrections/": 1,
    "/feeds/rss.xml": 3,
    "/tags/water/rss.xml": 5,
    "/sitemap.xml": 4,
    "/about/": 1,
    "/no-such-page/": 1,
    "/articles/no-such-article/": 3,
}


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(("address", "queries"), PAGES.items())
def test_a_page_takes_as_many_queries_for_many_articles_as_for_one(
    client, db, django_assert_num_queries, address, queries, number
):
    ana, bo = make_person(name="Ana"), make_person(name="Bo")
    at = datetime(2024, 6, 1, tzinfo=UTC)
    for n in range(number):
        make_visible_article(
            title="Article",
            tags=["Water", f"Tag {n % 7}"],
            byline=[ana, bo],
            body=LONG_BODY,
            published_at=at + n * HOUR,
        )
        make_correction(article=Article.objects.first())
        make_correction(article=Article.objects.last())
    with django_assert_num_queries(queries):
        client.get(address)


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_public_and_vary_by_nothing(client, db, address):
    make_visible_article(
        title="Article",
        tags=["Water"],
        byline=[make_person(name="Ana")],
        published_at=datetime(2024, 6, 1, tzinfo=UTC),
    )
    page = client.get(address)
    assert page.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in page.headers.get("Vary", "")
    assert not page.cookies
    assert "nonce" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", PAGES)
def test_pages_for_a_session_are_kept_by_nobody(client, db, address):
    make_visible_article(
        title="Article",
        tags=["Water"],
        byline=[make_person(name="Ana")],
        published_at=datetime(2024, 6, 1, tzinfo=UTC),
    )
    client.force_login(make_user(role="Editors"))
    assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_pages_are_read_only(client, db):
    for address in ["/", make_visible_article().get_absolute_url(), "/tags/"]:
        assert client.post(address).status_code == 405


# Corrections


def test_an_article_shows_its_corrections_at_its_end_newest_first(client, db):
    article = make_visible_article(body="<p>The last words.</p>")
    make_visible_article(published_at=timezone.now() - DAY)
    assertNotContains(client.get(article.get_absolute_url()), 'class="correction')
    now = timezone.now()
    make_correction(article=article, text="It is 5.1.", at=now - DAY)
    make_correction(article=article, text="It is 6.4.\n\nSorry.", kind="editors_note")
    make_correction(text="Of another article.")
    page = client.get(article.get_absolute_url()).text
    newest, oldest = page.index("<p>It is 6.4.</p>"), page.index("<p>It is 5.1.</p>")
    assert page.index("The last words.") < newest < oldest < page.index("Previous Post")
    assert "<p>Sorry.</p>" in page
    assert "Editor’s note</strong>" in page
    assert f'datetime="{timezone.localtime(now - DAY):%Y-%m-%d}' in page
    assert "Of another article." not in page


def test_corrections_are_listed_newest_first_with_their_articles(client, db):
    now = timezone.now()
    older = make_correction(text="It is 5.1.", at=now - DAY)
    newer = make_correction(text="It is 6.4.")
    page = client.get("/corrections/").text
    assert page.index("It is 6.4.") < page.index("It is 5.1.")
    for one in [older, newer]:
        assert f'href="{one.article.get_absolute_url()}#correction-{one.pk}"' in page
    assert page.count("<h2") == 2


def test_corrections_are_paged_by_cursor(client, db):
    article, now = make_visible_article(), timezone.now()
    many = CORRECTIONS_A_PAGE + 5
    for number in range(many):
        make_correction(article=article, text=f"({number})", at=now - number * HOUR)
    first = client.get("/corrections/")
    assert len(first.context["page"]) == CORRECTIONS_A_PAGE
    assertContains(first, "(49)")
    assertNotContains(first, "(50)")
    second = client.get(f"/corrections/?before={first.context['page'].older}")
    assert [one.text for one in second.context["page"]] == [
        f"({number})" for number in range(50, many)
    ]
    assertContains(second, f"?after={second.context['page'].newer}")


@pytest.mark.parametrize("cursor", ["x", "1--1", "9" * 40 + "-1", "1-" + "9" * 40])
def test_a_cursor_of_corrections_that_nobody_was_given_is_not_found(client, db, cursor):
    make_correction(text="It is 6.4.")
    assert client.get(f"/corrections/?before={cursor}").status_code == 404


def test_where_nothing_was_corrected_the_page_says_so(client, db):
    assertContains(client.get("/corrections/"), "There are no corrections so far.")
    assert client.get("/corrections/?before=1-1").status_code == 404


def test_every_page_leads_to_the_corrections(client, db):
    assertContains(client.get("/"), 'href="/corrections/"')


def test_of_very_many_corrections_a_page_reads_its_own(client, db):
    article = make_visible_article()
    now = timezone.now()
    Correction.objects.bulk_create(
        Correction(article=article, text="x", at=now - number * HOUR)
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    newest = Correction.objects.shown().order_by("-at", "-id")[:51]
    plan = newest.explain()
    assert "articles_correction_at" in plan


def test_an_error_is_reported_before_the_neighbours_of_what_readers_can_see(client, db):
    older = make_visible_article(published_at=timezone.now() - DAY)
    article = make_visible_article()
    page = client.get(article.get_absolute_url()).text
    link = page.index("Report an error in the article")
    assert link < page.index("Previous Post")
    assert older.title in page
    draft = make_article()
    client.force_login(make_user(role="Editors"))
    assertNotContains(client.get(draft.get_absolute_url()), "Report an error")


# Withdrawn articles with a notice


def test_an_article_under_notice_stays_to_be_read_and_leaves_every_list(client, db):
    older = make_visible_article(published_at=timezone.now() - DAY)
    article = make_visible_article(title="Kept", body="<p>Kept words.</p>")
    make_shown_comment(article=article, body="Said below")
    article.withdraw(kind=Article.Withdrawal.NOTICE, notice="We <got> it wrong.")
    page = client.get(article.get_absolute_url())
    assertContains(page, "We &lt;got&gt; it wrong.")
    assertContains(page, "Kept words.")
    assertContains(page, '<meta name="robots" content="noindex">')
    assert page.headers["X-Robots-Tag"] == "noindex"
    for absent in ["Said below", "Report an error", "ld+json", "Not public"]:
        assertNotContains(page, absent)
    for address in ["/", "/feeds/rss.xml", "/sitemap.xml", older.get_absolute_url()]:
        assertNotContains(client.get(address), article.get_absolute_url())


def test_under_a_notice_the_comments_are_gone(client, db):
    article = make_visible_article()
    article.withdraw(kind=Article.Withdrawal.NOTICE, notice="Wrong.")
    for name in ["comments:thread", "comments:rss", "comments:report_error"]:
        page = client.get(reverse(name, args=[article.slug]))
        assertContains(page, "Wrong.", status_code=410)


def test_an_old_address_leads_to_the_article_under_notice(client, db):
    article = make_visible_article(slug="old")
    article.rename("new")
    article.withdraw(kind=Article.Withdrawal.NOTICE)
    assertRedirects(client.get("/articles/old/"), "/articles/new/", status_code=301)


def test_what_was_never_public_is_not_shown_under_a_notice(client, db):
    article = make_article()
    article.publish(at=timezone.now() + DAY)
    article.withdraw(kind=Article.Withdrawal.NOTICE)
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now() - DAY)
    assert client.get(article.get_absolute_url()).status_code == 404


def test_a_replaced_article_leads_to_the_other_while_readers_can_see_that(client, db):
    article, other = make_visible_article(slug="old"), make_visible_article()
    article.rename("new")
    article.withdraw(kind=Article.Withdrawal.REPLACED, replaced_by=other)
    for slug in ["old", "new"]:
        answer = client.get(f"/articles/{slug}/")
        assertRedirects(answer, other.get_absolute_url(), status_code=301)
    other.withdraw()
    assert client.get("/articles/new/").status_code == 410


def test_two_articles_never_lead_to_each_other(client, db):
    one, two = make_visible_article(), make_visible_article()
    one.withdraw(kind=Article.Withdrawal.REPLACED, replaced_by=two)
    one.publish()
    two.withdraw(kind=Article.Withdrawal.REPLACED, replaced_by=one)
    assertRedirects(client.get(two.get_absolute_url()), one.get_absolute_url(), 301)
    assert client.get(one.get_absolute_url()).status_code == 200


# Updates and corrections


def test_readers_see_when_an_article_was_updated(client, db):
    article = make_visible_article()
    assertNotContains(client.get(article.get_absolute_url()), "Updated")
    article.tell_of_update()
    page = client.get(article.get_absolute_url())
    assertContains(page, "Updated")
    data = structured_data(page)
    assert data["dateModified"] == article.updated_at.isoformat()


def test_machines_read_what_was_corrected(client, db):
    article = make_visible_article()
    correction = make_correction(article=article, text="It is </script> 6.4.")
    [said] = structured_data(client.get(article.get_absolute_url()))["correction"]
    assert said == {
        "@type": "CorrectionComment",
        "name": "Correction",
        "text": "It is </script> 6.4.",
        "datePublished": correction.at.isoformat(),
        "url": f"{settings.SITE_URL}{article.get_absolute_url()}#correction-{correction.pk}",
    }


def test_an_address_leads_through_all_that_took_each_others_place(client, db):
    first, second, third = (make_visible_article(slug=slug) for slug in "abc")
    first.withdraw(kind="replaced", replaced_by=second)
    second.withdraw(kind="replaced", replaced_by=third)
    assert client.get("/articles/a/").url == "/articles/c/"
    third.withdraw(kind="vanished")
    assert client.get("/articles/a/").status_code == 410


def test_articles_that_took_each_others_place_in_a_circle_lead_nowhere(client, db):
    first, second = (make_visible_article(slug=slug) for slug in "ab")
    first.withdraw(kind="replaced", replaced_by=second)
    second.withdraw(kind="gone")
    Article.objects.filter(pk=second.pk).update(
        withdrawal="replaced", replaced_by=first
    )
    assert client.get("/articles/a/").status_code == 410
