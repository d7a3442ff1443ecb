from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Revision
from articles.publishing import actions as desk_of_articles
from newsroom import ticking
from newsroom.models import Ticking
from tests.factories import (
    HOUR,
    make_steady_clock,
    make_user,
    make_visible_article,
)

PAGE = reverse("desk_health")
FIRST = reverse("admin:index")


@pytest.fixture
def desk(client, db):
    client.force_login(make_user(role="Editors"))
    return client


def pigeon():
    raise OSError("secret@example.org did not answer")


@pytest.mark.parametrize(
    ("role", "answer"), [("Editors", 200), ("Writers", 403), ("Moderators", 403)]
)
def test_those_who_schedule_see_what_happens_by_itself(client, db, role, answer):
    client.force_login(make_user(role=role))
    assert client.get(PAGE).status_code == answer


def test_a_reader_is_asked_to_sign_in(client, db):
    assert client.get(PAGE).status_code == 302


def test_before_the_first_tick_the_page_says_how_to_begin(desk):
    assert "Background jobs have never run" in desk.get(PAGE).content.decode()
    assert "errornote" not in desk.get(FIRST).content.decode()


def test_after_a_tick_every_job_went_well(desk):
    make_steady_clock()
    call_command("tick")
    page = desk.get(PAGE).content.decode()
    assert page.count(">OK<") == len(ticking.JOBS)
    assert "Publish scheduled changes of articles" in page
    assert "errornote" not in desk.get(FIRST).content.decode()


def test_every_job_has_words():
    assert not [job for job in ticking.JOBS if "." in ticking.words_for(job)]


def test_a_failure_is_counted_named_and_over_once_it_works(desk, monkeypatch):
    monkeypatch.setattr(ticking, "JOBS", [pigeon])
    monkeypatch.setattr("newsroom.admin.health.JOBS", [pigeon])
    for _ in range(3):
        with pytest.raises(CommandError):
            call_command("tick")
    page = desk.get(PAGE).content.decode()
    assert "3 times in a row since" in page
    assert "OSError" in page
    assert "secret@example.org" not in page
    assert "A background job is failing." in desk.get(FIRST).content.decode()
    monkeypatch.setattr(pigeon, "__code__", (lambda: None).__code__)
    call_command("tick")
    assert "in a row" not in desk.get(PAGE).content.decode()
    assert not Ticking.objects.get().failing


def test_the_desk_hears_when_nothing_ticks_any_more(desk):
    call_command("tick")
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        page = desk.get(FIRST).content.decode()
    assert "Background jobs have not run since" in page


def test_changes_that_do_not_go_live_are_named_with_their_article(desk):
    stuck, sound = make_visible_article(title="Stuck"), make_visible_article()
    for article in [stuck, sound]:
        desk_of_articles.save(article, {"title": f"{article} anew"})
        desk_of_articles.schedule_changes(article, at=timezone.now() + HOUR)
    Article.objects.filter(pk=stuck.pk).update(status="withdrawn")
    with time_machine.travel(timezone.now() + 2 * HOUR):
        with pytest.raises(CommandError):
            call_command("tick")
        desk.force_login(make_user(role="Editors"))
        page = desk.get(PAGE).content.decode()
        assert Revision.objects.due().get().article == stuck
    assert "Stuck" in page
    assert f"failed for the articles {stuck.pk}" in page


def test_a_tick_writes_one_row_however_many_jobs_there_are(db):
    call_command("tick")
    with CaptureQueriesContext(connection) as queries:
        call_command("tick")
    writes = [
        query["sql"]
        for query in queries
        if "newsroom_ticking" in query["sql"] and not query["sql"].startswith("SELECT")
    ]
    assert len(writes) == 1
    assert Ticking.objects.count() == 1


def test_the_page_asks_as_much_for_one_late_change_as_for_many(desk):
    numbers = set()
    for _ in range(2):
        for _ in range(4):
            article = make_visible_article()
            desk_of_articles.save(article, {"title": "Anew"})
            desk_of_articles.schedule_changes(article, at=timezone.now() + HOUR)
        Revision.objects.scheduled().update(publish_at=timezone.now() - HOUR)
        desk.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert "Late scheduled changes" in desk.get(PAGE).content.decode()
        numbers.add(len(queries))
    assert len(numbers) == 1
