import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Correction
from articles.public.views import CORRECTIONS_A_PAGE
from tests.articles.public.pages import structured_data
from tests.factories import (
    DAY,
    HOUR,
    make_article,
    make_correction,
    make_user,
    make_visible_article,
)


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
    assertContains(client.get("/corrections/"), "There are no corrections yet.")
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
