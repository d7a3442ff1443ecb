from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.content.snapshots import snapshot_of
from articles.models import PreviewLink, Revision
from articles.public.preview import article_with_content, share
from articles.publishing import actions
from tests.factories import (
    DAY,
    HOUR,
    make_article,
    make_person,
    make_user,
    make_visible_article,
)


@pytest.fixture
def link(db):
    article = make_article(title="The draft", tags=["Harbour"], byline=[make_person()])
    return share(article, days=3, by=make_user(role="Editors"))


def address(link):
    return link.get_absolute_url()


def test_whoever_has_the_link_reads_the_draft_without_an_account(client, link):
    page = client.get(address(link))
    assertContains(page, "The draft")
    assertContains(page, "Harbour")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Frame-Options"] == "DENY"
    assertContains(page, '<meta name="robots" content="noindex, nofollow">')
    assertNotContains(page, 'rel="canonical"')


def test_the_link_shows_the_newest_words_and_readers_see_the_old_ones(client, db):
    article = make_visible_article(title="As published")
    link = share(article, days=1, by=None)
    actions.save(article, snapshot_of(article) | {"title": "As changed"})
    assertContains(client.get(address(link)), "As changed")
    assertContains(client.get(article.get_absolute_url()), "As published")


def test_a_preview_takes_no_comments(client, db):
    link = share(make_visible_article(), days=1, by=None)
    page = client.get(address(link)).content.decode()
    assert 'method="post"' not in page
    assert "#comments" not in page
    assert "Report an error" not in page


def test_the_embargo_stands_on_top_until_it_ends(client, db):
    article = make_article(embargo_until=timezone.now() + HOUR)
    link = share(article, days=1, by=None)
    assertContains(client.get(address(link)), "EMBARGOED UNTIL")
    article.embargo_until = timezone.now() - HOUR
    article.save()
    assertNotContains(client.get(address(link)), "EMBARGOED UNTIL")


def test_a_draft_stands_before_the_newest_article(client, link):
    newest = make_visible_article()
    page = client.get(address(link))
    assert (page.context["older"], page.context["newer"]) == (newest, None)


def test_a_scheduled_article_stands_at_its_place_between_its_neighbours(client, db):
    now = timezone.now()
    before = make_visible_article(published_at=now - 2 * DAY)
    after = make_visible_article(published_at=now)
    article = make_visible_article(published_at=now - DAY, embargo_until=now + DAY)
    page = client.get(address(share(article, days=1, by=None)))
    assert (page.context["older"], page.context["newer"]) == (before, after)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_link_is_only_for_reading(client, link, method):
    assert getattr(client, method)(address(link)).status_code == 405


def test_a_link_that_ended_says_so_and_nothing_of_the_article(client, link):
    PreviewLink.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    page = client.get(address(link))
    assertContains(page, "has expired", status_code=410)
    assertNotContains(page, "The draft", status_code=410)
    assert page.headers["Cache-Control"] == "private, no-store"


def test_a_revoked_link_shows_nothing_from_the_next_request_on(client, link):
    assert client.get(address(link)).status_code == 200
    link.revoke()
    page = client.get(address(link))
    assertContains(page, "revoked the link", status_code=410)
    assertNotContains(page, "The draft", status_code=410)


def test_a_withdrawal_ends_the_links_to_the_article(client, db):
    article = make_visible_article(title="Wrong")
    link = share(article, days=3, by=None)
    article.withdraw(reason="It was not so.")
    page = client.get(address(link))
    assert page.status_code == 410
    assertNotContains(page, "Wrong", status_code=410)


def test_revoking_twice_keeps_the_first_moment(link):
    link.revoke()
    first = link.revoked_at
    link.revoke()
    assert link.revoked_at == first


def test_an_unknown_key_finds_nothing(client, link):
    for key in ["x", link.key[:-1], link.key + "x", "x" * 500]:
        assert client.get(f"/preview/{key}/").status_code == 404


def test_one_link_is_for_one_article(client, link):
    other = make_article(title="Another draft")
    assertNotContains(client.get(address(link)), "Another draft")
    assert client.get(other.get_absolute_url()).status_code == 404


def test_a_preview_saves_nothing(db):
    article = make_article(title="Old", tags=["Fish"])
    content = snapshot_of(article) | {"title": "New", "tags": ["Boats"]}
    shown = article_with_content(article, content)
    assert (shown.title, [str(tag) for tag in shown.tags.all()]) == ("New", ["Boats"])
    article.refresh_from_db()
    assert snapshot_of(article)["title"] == "Old"
    assert [tag.name for tag in article.tags.all()] == ["Fish"]


def test_a_revision_from_before_a_field_existed_shows_what_the_article_says(db):
    article = make_article(title="Here", tags=["Fish"], byline=[make_person(name="B")])
    shown = article_with_content(article, {"title": "Then"})
    assert shown.title == "Then"
    assert [str(tag) for tag in shown.tags.all()] == ["Fish"]
    assert [str(person) for person in shown.people] == ["B"]


def test_tags_and_people_that_are_gone_still_stand_in_a_preview(client, db):
    article = make_visible_article()
    content = snapshot_of(article) | {
        "tags": ["Gone!", "…"],
        "byline": [{"person": 999, "name": "Nobody Known", "role": "by"}],
    }
    article.revisions.create(kind=Revision.Kind.DRAFT, content=content)
    page = client.get(address(share(article, days=1, by=None)))
    assertContains(page, "Gone!")
    assertContains(page, "Nobody Known")


def test_a_preview_takes_the_same_queries_however_much_stands_in_it(client, db):
    def queries(link):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(link)).status_code == 200
        return len(captured)

    def linked(number):
        article = make_visible_article(
            tags=[f"tag {n}" for n in range(number)],
            byline=[make_person() for _ in range(number)],
        )
        actions.save(article, snapshot_of(article) | {"title": "New"})
        return share(article, days=1, by=None)

    one, many = linked(1), linked(20)
    assert queries(one) == queries(many)


def test_a_link_does_not_open_what_came_later_under_the_same_number(client, link):
    before, number = address(link), link.pk
    link.delete()
    later = make_article(title="Somebody else's draft").preview_links.create(
        pk=number, ends_at=timezone.now() + DAY
    )
    assert client.get(before).status_code == 404
    assert client.get(address(later)).status_code == 200
