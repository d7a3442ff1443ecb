from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone

from articles.models import Tag
from articles.publishing import tag_merge
from newsroom.server.page_cache import PageCache
from newsroom.server.session_cookies import KnownSessions
from tests.factories import HOUR, make_comment, make_user, make_visible_article
from tests.newsroom.server.page_cache.press import LIFETIME, ask


@pytest.fixture
def site(clock):
    # Like Django's test client: the connection is in the test's transaction.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield PageCache(WSGIHandler(), clock=clock)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.usefixtures("_own_addresses")
def test_a_page_of_django_is_kept(site):
    first = ask(site, "/?before=1&utm=2&before=3", headers={"Cookie": "theme=dark"})
    assert first.status == 200
    assert first.text.startswith("{'before': ['3']} []")
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "ETag" in first.headers
    assert "Permissions-Policy" in first.headers


def test_a_forgotten_slash_leads_to_the_page_with_its_parameters(db, site):
    moved = ask(site, "/archive/2026/11?before=x&utm=1")
    assert moved.status == 301
    assert moved.headers["Location"] == "/archive/2026/11/?before=x"


def test_a_page_with_letters_in_its_address_is_kept_under_one_key(db, site):
    article = make_visible_article(title="Зима", slug="")
    page = ask(site, article.get_absolute_url())
    assert "Зима" in page.text
    article.withdraw(reason="A mistake", notice="It was wrong.")
    assert ask(site, article.get_absolute_url()).body == page.body
    assert ask(site, article.get_absolute_url().lower()).body == page.body
    assert ask(site, "/articles/зима/").body == page.body
    other = make_visible_article(title="Лето", slug="")
    assert "Лето" in ask(site, other.get_absolute_url()).text


def test_the_pages_of_each_language_are_kept_apart(db, site, settings):
    settings.FURTHER_LANGUAGES = ["de"]
    german = make_visible_article(title="Die Brücke", language="de")
    for _again in range(2):
        ours, theirs = ask(site, "/"), ask(site, "/de/?utm=1")
        assert '<html lang="en"' in ours.text
        assert "Die Brücke" not in ours.text
        assert '<html lang="de"' in theirs.text
        assert "Die Brücke" in theirs.text
    german.withdraw()
    assert ask(site, "/de/").body == theirs.body


def test_a_host_that_is_not_ours_is_refused(db, site):
    assert ask(site, HTTP_HOST="evil.example").status == 400


def test_a_withdrawal_is_seen_after_the_lifetime(db, site, clock):
    article = make_visible_article(title="The flood")
    address = article.get_absolute_url()
    assert "The flood" in ask(site, address).text
    article.withdraw(reason="A mistake", notice="It was wrong.")
    assert "The flood" in ask(site, address).text
    clock.now += LIFETIME
    gone = ask(site, address)
    assert gone.status == 410
    assert "The flood" not in gone.text
    assert ask(site, address).status == 410


def test_a_merged_tag_leads_to_the_other_after_the_lifetime(db, site, clock):
    make_visible_article(title="The quay", tags=["Harbor"])
    make_visible_article(title="The pier", tags=["Harbour"])
    pages = ["/tags/harbor/", "/tags/harbor/rss.xml"]
    for page in pages:
        assert "The quay" in ask(site, page).text
    harbor, harbour = (Tag.objects.get(name=name) for name in ["Harbor", "Harbour"])
    step = tag_merge.merge(harbor, into=harbour)
    clock.now += LIFETIME
    for page in pages:
        moved = ask(site, page)
        assert moved.status == 301
        assert moved.headers["Location"] == page.replace("harbor", "harbour")
        assert moved.headers["Cache-Control"] == "public, no-cache"
    assert "The quay" in ask(site, "/tags/harbour/").text
    tag_merge.undo_merge(step)
    clock.now += LIFETIME
    for page in pages:
        assert "The quay" in ask(site, page).text


def test_a_moderators_decision_is_seen_after_the_lifetime(db, site, clock):
    comment = make_comment(body="Well said.")
    address = comment.article.get_absolute_url()
    assert "Well said." not in ask(site, address).text
    comment.approve()
    clock.now += LIFETIME
    assert "Well said." in ask(site, address).text
    comment.reject(reason="off_topic")
    assert "Well said." in ask(site, address).text
    clock.now += LIFETIME
    assert "Well said." not in ask(site, address).text


def test_a_scheduled_article_appears_on_time(db, site, clock):
    with time_machine.travel(timezone.now(), tick=False) as calendar:
        article = make_visible_article(
            title="At noon", published_at=timezone.now() + HOUR
        )
        for address in [article.get_absolute_url(), "/"]:
            assert "At noon" not in ask(site, address).text
        for step in [HOUR - timedelta(seconds=1), timedelta(seconds=1)]:
            calendar.shift(step)
            clock.now += step.total_seconds()
            status = ask(site, article.get_absolute_url()).status
        assert status == 404
        calendar.shift(LIFETIME)
        clock.now += LIFETIME
        for address in [article.get_absolute_url(), "/"]:
            assert "At noon" in ask(site, address).text


def test_staff_see_their_own_page_and_readers_never_do(db, site, client):
    article = make_visible_article(title="The flood")
    address = article.get_absolute_url()
    client.force_login(make_user(role="Editors"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    headers = {"Cookie": f"{cookie.key}={cookie.value}"}
    own = ask(site, address, headers=headers)
    assert own.headers["Cache-Control"] == "private, no-store"
    public = ask(site, address)
    assert public.headers["Cache-Control"] == "public, no-cache"
    edit = f"/admin/articles/article/{article.pk}/change/"
    assert edit in own.text
    assert edit not in public.text
    assert edit in ask(site, address, headers=headers).text


def test_a_page_that_is_not_there_is_kept_too(db, site, django_assert_num_queries):
    missing = ask(site, "/articles/nothing/")
    assert missing.status == 404
    assert missing.headers["Cache-Control"] == "public, no-cache"
    with django_assert_num_queries(0):
        assert ask(site, "/articles/nothing/?a=1").status == 404


def test_a_kept_page_asks_nothing_of_the_database(db, site, django_assert_num_queries):
    address = make_visible_article().get_absolute_url()
    page = ask(site, address)
    with django_assert_num_queries(0):
        assert ask(site, address).body == page.body


def test_the_door_passes_through_proxies_sessions_and_page_cache():
    from newsroom.server.proxies import TrustedProxies
    from newsroom.wsgi import application

    assert isinstance(application, TrustedProxies)
    assert isinstance(application._application, KnownSessions)
    assert isinstance(application._application._application, PageCache)
    assert isinstance(application._application._application._application, WSGIHandler)
