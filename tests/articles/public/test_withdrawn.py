from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from articles.models import Article
from tests.articles.public.pages import structured_data
from tests.factories import (
    DAY,
    make_article,
    make_shown_comment,
    make_visible_article,
)


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


def test_readers_see_when_an_article_was_updated(client, db):
    article = make_visible_article()
    assertNotContains(client.get(article.get_absolute_url()), "Updated")
    article.tell_of_update()
    page = client.get(article.get_absolute_url())
    assertContains(page, "Updated")
    data = structured_data(page)
    assert data["dateModified"] == article.updated_at.isoformat()


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
