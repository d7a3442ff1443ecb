import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article
from articles.public import public_versions
from articles.public.public_versions import versions_of
from articles.publishing import actions
from tests.factories import DAY, HOUR, make_article


@pytest.fixture(autouse=True)
def shown(settings):
    settings.SHOW_CHANGES = True


@pytest.fixture
def article(db):
    """An article with a title, published two days ago and unchanged since."""
    with time_machine.travel(timezone.now() - 2 * DAY, tick=False):
        article = make_article(title="Harbour closed", body="<p>For a day.</p>")
        actions.publish(article)
    return article


def change(article, *, after=DAY, **parts):
    at = article.published_at + after
    with time_machine.travel(at, tick=False):
        copy = article.working_copy
        actions.save(article, parts, began_from=copy.pk)
        actions.publish_changes(article, tell_readers=True)
    return at


def page_of(article):
    return f"{article.get_absolute_url()}changes/"


def test_readers_see_what_was_changed_and_when(client, article):
    change(article, title="Harbour open", body="<p>For a day.</p><p>Again.</p>")
    page = client.get(page_of(article))
    assertContains(page, "<del>closed</del>", html=False)
    assertContains(page, "<ins>open</ins>", html=False)
    assertContains(page, "Again.")
    assert [version.is_first for version in page.context["versions"]] == [False, True]
    assertContains(client.get(article.get_absolute_url()), "what changed</a>")


def test_an_article_that_was_never_changed_has_its_first_version_alone(client, article):
    [version] = client.get(page_of(article)).context["versions"]
    assert (version.is_first, version.at) == (True, article.published_at)


def test_drafts_notes_and_names_of_the_desk_stay_inside(client, article):
    copy = article.working_copy
    actions.save(
        article, {"title": "Not yet said"}, began_from=copy.pk, note="A secret"
    )
    page = client.get(page_of(article))
    assertNotContains(page, "Not yet said")
    assertNotContains(page, "A secret")


def test_what_was_changed_before_the_article_appeared_stays_inside(client, db):
    now = timezone.now()
    with time_machine.travel(now - 2 * DAY, tick=False):
        article = make_article(title="Suspect named")
        actions.publish(article, at=now - HOUR)
        actions.save(article, {"title": "Man held"}, began_from=article.working_copy.pk)
        actions.publish_changes(article)
    page = client.get(page_of(Article.objects.get()))
    assertNotContains(page, "Suspect")
    assert len(page.context["versions"]) == 1


def test_what_readers_do_not_see_of_an_article_is_no_change(article):
    change(article, tags=["Sea"])
    versions, _ = versions_of(Article.objects.get())
    assert [version.is_first for version in versions] == [True]


@pytest.mark.parametrize("hide", ["off", "withdrawn", "embargo"])
def test_the_page_is_there_for_visible_articles_of_sites_that_tell(
    client, article, settings, hide
):
    assert client.get(page_of(article)).status_code == 200
    if hide == "off":
        settings.SHOW_CHANGES = False
    elif hide == "withdrawn":
        article.withdraw(reason="Wrong")
    else:
        tomorrow = timezone.now() + DAY
        Article.objects.update(embargo_until=tomorrow)
    assert client.get(page_of(article)).status_code == 404


def test_an_old_address_leads_on(client, article):
    article.rename("harbour-open")
    response = client.get("/articles/harbour-closed/changes/")
    assert response.status_code == 301
    assert response.url == "/articles/harbour-open/changes/"


def test_many_versions_stand_on_pages_that_follow_each_other(
    client, article, monkeypatch
):
    monkeypatch.setattr(public_versions, "VERSIONS_A_PAGE", 3)
    titles = [f"Version {number}" for number in range(7)]
    for number, title in enumerate(titles):
        change(article, after=(number + 1) * HOUR, title=title)
    address, times = page_of(article), []
    while address:
        page = client.get(address)
        times += [version.at for version in page.context["versions"]]
        older = page.context["older"]
        address = older and f"{page_of(article)}?before={older}"
    assert len(times) == 8
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == 8


@pytest.mark.parametrize("before", ["x", "0", "-1", "9" * 30])
def test_a_place_that_is_none_is_not_found(client, article, before):
    assert client.get(page_of(article), {"before": before}).status_code == 404


def test_a_place_in_another_article_is_not_found(client, article):
    other = make_article()
    actions.publish(other)
    answer = client.get(page_of(article), {"before": other.working_copy.pk})
    assert answer.status_code == 404


def test_the_page_asks_as_much_for_one_version_as_for_many(client, article):
    numbers = set()
    for start in [1, 5]:
        for number in range(start, start + 4):
            change(article, after=number * HOUR, title=f"Version {number}")
        client.get(page_of(article))
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(article))
        numbers.add(len(queries))
    assert numbers == {3}
