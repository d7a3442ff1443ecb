import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from comments.models import Mailbox, PendingMail
from newsroom import metrics
from newsroom.models import StaffMail, Ticking
from tests.factories import make_comment, make_visible_article

TOKEN = "a-token-of-the-test"


@pytest.fixture(autouse=True)
def _token(settings):
    settings.METRICS_TOKEN = TOKEN


def ask(client, authorization=f"Bearer {TOKEN}"):
    return client.get("/metrics", headers={"Authorization": authorization})


def figures_of(client):
    lines = ask(client).content.decode().splitlines()
    return {
        name: float(value)
        for name, _, value in (
            line.rpartition(" ") for line in lines if not line.startswith("#")
        )
    }


@pytest.mark.parametrize("given", ["", TOKEN, "Bearer", "Bearer x", f"Basic {TOKEN}"])
def test_whoever_has_no_token_learns_nothing(client, given):
    answer = ask(client, given)
    assert answer.status_code == 401
    assert b"newsroom_" not in answer.content


def test_without_a_token_in_the_settings_there_is_no_such_page(db, client, settings):
    settings.METRICS_TOKEN = ""
    for given in ["", "Bearer ", "Bearer"]:
        assert ask(client, given).status_code == 404


def test_the_database_tells_what_waits(transactional_db, client):
    article = make_visible_article()
    make_comment(article=article, status="approved")
    now = timezone.now()
    for hours in [1, 3, 2]:
        make_comment(article=article, created_at=now - timedelta(hours=hours))
    PendingMail.objects.create(kind="data", mailbox=Mailbox.objects.of("a@example.org"))
    for _ in range(2):
        StaffMail.objects.create(kind="reset_asked")
    Ticking.objects.store_results({"one": "", "two": "OSError"}, at=now)
    found = figures_of(client)
    assert found["newsroom_comments_waiting"] == 3
    oldest = found["newsroom_oldest_comment_waiting_seconds"]
    assert 3 * 3600 <= oldest < 3 * 3600 + 60
    assert found['newsroom_mails_waiting{to="readers"}'] == 1
    assert found['newsroom_mails_waiting{to="staff"}'] == 2
    tick = found["newsroom_last_tick_timestamp_seconds"]
    assert tick == pytest.approx(now.timestamp(), abs=0.001)
    assert found["newsroom_jobs_failing"] == 1
    assert found["newsroom_database_up"] == 1
    assert 0 < found["newsroom_disk_free_bytes"] <= found["newsroom_disk_size_bytes"]


def test_nothing_waits_on_a_new_site(transactional_db, client):
    found = figures_of(client)
    assert found["newsroom_comments_waiting"] == 0
    assert found["newsroom_oldest_comment_waiting_seconds"] == 0
    assert "newsroom_last_tick_timestamp_seconds" not in found


def test_each_figure_is_one_query_of_bounded_size(db, monkeypatch):
    monkeypatch.setattr(metrics, "MOST_COUNTED", 2)
    queries = []

    def note(execute, sql, params, many, context):
        queries.append(sql)
        return execute(sql, params, many, context)

    def found():
        queries.clear()
        with connection.execute_wrapper(note):
            families = [f for figure in metrics.FIGURES for f in figure()]
        return {f.name: f.samples[0].value for f in families}

    few, asked = found(), len(queries)
    article = make_visible_article()
    for _ in range(4):
        make_comment(article=article)
    many = found()
    assert len(queries) == asked == 5
    assert all("LIMIT" in sql for sql in queries)
    assert few["newsroom_comments_waiting"] == 0
    assert many["newsroom_comments_waiting"] == 2


def test_a_database_that_is_down_is_told_and_its_figures_are_left_out(
    client, monkeypatch
):
    def fails():
        raise DatabaseError("It is down.")
        yield

    monkeypatch.setattr(metrics, "FIGURES", [fails])
    found = figures_of(client)
    assert found["newsroom_database_up"] == 0
    assert found["newsroom_disk_free_bytes"] > 0
    assert "newsroom_comments_waiting" not in found


def test_a_database_that_hangs_holds_nobody_up_and_is_asked_once(client, monkeypatch):
    let_go, asked = threading.Event(), []

    def hangs():
        asked.append(1)
        let_go.wait(60)
        yield metrics.gauge("newsroom_late", "Too late.", 1)

    monkeypatch.setattr(metrics, "FIGURES", [hangs])
    monkeypatch.setattr(metrics, "SECONDS", 0.05)
    for _ in range(2):
        found = figures_of(client)
        assert found["newsroom_database_up"] == 0
        assert "newsroom_late" not in found
    assert len(asked) == 1
    let_go.set()
    assert metrics._lookup.is_over.wait(60)
    monkeypatch.setattr(metrics, "SECONDS", 60)
    assert figures_of(client)["newsroom_late"] == 1
