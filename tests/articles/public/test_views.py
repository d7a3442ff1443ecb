from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from articles.models import Article
from articles.public.views import ARTICLES_A_PAGE
from tests.articles.public.pages import make_archive
from tests.factories import (
    HOUR,
    make_article,
    make_correction,
    make_person,
    make_shown_comment,
    make_user,
    make_visible_article,
)

LONG_BODY = "".join(f"<h2>Part {n}</h2><p>Text {n}.</p>" for n in range(1, 4))


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
    assertContains(page, "<h1>Frost &lt;in&gt; April</h1>", html=True)
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
        client.get(article.get_absolute_url()),
        '<article class="column" lang="ar" dir="rtl">',
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


def test_an_arabic_article_runs_from_right_to_left_even_if_it_begins_with_latin_letters(
    client, db
):
    make_visible_article(
        title="BBC: الماء يصعد",
        slug="maa",
        body="<p>BBC نقلت الخبر.</p>",
        language="ar",
    )
    page = client.get("/articles/maa/").content.decode()
    article = page[page.index("<article") : page.index("</article>")]
    assert article.startswith('<article class="column" lang="ar" dir="rtl">')
    assert 'dir="auto"' not in article
