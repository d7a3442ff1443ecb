import json
import subprocess
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import Unsaved
from comments.mail.outbox import write
from comments.models import Comment, Mailbox, NetworkKey
from newsroom import ticking
from newsroom.accounts import account_mail
from newsroom.management.commands import tick
from newsroom.models import FailedSignIn
from tests.comments.mail.test_outbox import ServerThatFails
from tests.factories import (
    DAY,
    make_article,
    make_comment,
    make_mailbox,
    make_request,
    make_steady_clock,
    make_user,
)
from tests.newsroom.conftest import MAKE_STEADY_CLOCK


@pytest.fixture(autouse=True)
def _steady_clock(request):
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
        make_steady_clock()


def test_a_tick_forgets_what_need_not_be_kept_and_keeps_the_rest(db):
    today = timezone.now().date()
    for days in [0, 30, 31, 400]:
        NetworkKey.objects.create(day=today - timedelta(days=days))
    old = FailedSignIn.objects.create(
        account="a", at=timezone.now() - timedelta(hours=2)
    )
    recent = FailedSignIn.objects.create(account="a")
    call_command("tick")
    assert set(NetworkKey.objects.values_list("day", flat=True)) == {
        today,
        today - timedelta(days=30),
    }
    assert list(FailedSignIn.objects.all()) == [recent]
    assert old != recent


def test_a_tick_forgets_where_old_requests_came_from(db):
    old = make_request(network="n", created_at=timezone.now() - 31 * DAY)
    recent = make_request(network="n", created_at=timezone.now() - 29 * DAY)
    call_command("tick")
    old.refresh_from_db()
    recent.refresh_from_db()
    assert (old.network, recent.network) == ("", "n")


def test_a_tick_forgets_unsaved_words_after_a_year(db):
    article = make_article()
    for days in [364, 366]:
        Unsaved.objects.create(
            article=article,
            by=make_user(),
            typed={"title": f"{days} days old"},
            at=timezone.now() - timedelta(days=days),
        )
    call_command("tick")
    assert Unsaved.objects.get().typed == {"title": "364 days old"}


def test_a_tick_forgets_networks_and_addresses_after_30_days(db):
    old = timezone.now() - timedelta(days=32)
    make_comment(network="n", email="ines@example.org", created_at=old)
    make_mailbox(address="ines@example.org", created_at=old)
    call_command("tick")
    assert Comment.objects.values_list("network", "email").get() == ("", "")
    assert not Mailbox.objects.exists()


def test_who_ticks_every_few_seconds_forgets_once_an_hour(db, monkeypatch):
    done = []
    jobs = [lambda: done.append("quick"), lambda: done.append("slow")]
    monkeypatch.setattr(ticking, "JOBS", jobs)
    monkeypatch.setattr(ticking, "ONCE_AN_HOUR", jobs[1:])
    monkeypatch.setattr(tick.signal, "signal", lambda *_: None)
    monkeypatch.setattr(tick, "end_with_parent", lambda *_: None)
    now, ends = [0], [1, 3659, 3661, 3760, None]
    monkeypatch.setattr(tick.time, "monotonic", lambda: now[0])

    def wait(seconds):
        if seconds == 0:
            return False
        now[0] = ends.pop(0)
        return now[0] is None

    monkeypatch.setattr(tick, "_closed_within", wait)
    monkeypatch.setattr(tick, "close_old_connections", lambda: None)
    call_command("tick", every=10)
    assert done == ["quick", "slow", "quick", "quick", "quick", "slow", "quick"]


def test_a_second_tick_changes_nothing(db):
    NetworkKey.objects.today()
    FailedSignIn.objects.create(account="a")
    call_command("tick")
    call_command("tick")
    assert NetworkKey.objects.count() == 1
    assert FailedSignIn.objects.count() == 1


def test_a_tick_tells_the_moderators_what_waits(db):
    make_user(role="Moderators", email="mo@news.example")
    make_comment()
    call_command("tick")
    call_command("tick")
    [message] = mail.outbox
    assert message.to == ["mo@news.example"]


def test_a_mail_server_that_is_down_is_asked_once_in_a_tick(db, settings, monkeypatch):
    moderator = make_user(role="Moderators", email="mo@news.example")
    make_comment()
    write("data", make_mailbox())
    account_mail.write(moderator, subject="Back to you", body="Shorten it.")
    settings.MAILERS = {
        "default": {"BACKEND": f"{ServerThatFails.__module__}.ServerThatFails"}
    }
    monkeypatch.setattr(ServerThatFails, "asked", 0)
    call_command("tick")
    # A server that hangs would hold up the tick for ten seconds each time.
    assert ServerThatFails.asked == 1
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    }
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        call_command("tick")
    assert len(mail.outbox) == 3


def test_the_failure_of_one_job_does_not_stop_the_others(db, monkeypatch, caplog):
    done = []

    def pigeon():
        raise OSError("The pigeon did not come back.")

    def post():
        done.append("post")

    monkeypatch.setattr(ticking, "JOBS", [pigeon, post])
    with pytest.raises(CommandError, match="pigeon"):
        call_command("tick")
    assert done == ["post"]
    assert "The pigeon did not come back." in caplog.text


def test_a_tick_by_hand_that_failed_exits_with_an_error(site):
    # The tables are missing, so every job fails but that of the backup, which has no folder.
    run = site.run("tick")
    assert run.returncode == 1
    assert "publish_due_changes" in run.complaints
    # The jobs that forget are left out: nobody knows whether the clock is right. The backup needs
    # no database.
    tried = len(ticking.JOBS) - len(ticking.FORGETTING)
    assert len(run.printed.splitlines()) == tried + 1
    # An outage of the database is told in one line, anything else with its traceback.
    assert all(
        {"fault", "traceback"} & json.loads(line).keys()
        for line in run.printed.splitlines()
    )


def test_ticking_goes_on_until_its_server_is_gone(ready_site):
    ready_site.shell(MAKE_STEADY_CLOCK)
    process = ready_site.start("tick", "--every=1", stdin=subprocess.PIPE)
    ready_site.shell(
        "from newsroom.models import *; from datetime import *; "
        "FailedSignIn.objects.create(account='a', at=datetime(2020, 1, 1, tzinfo=UTC))"
    )
    until = time.monotonic() + 30
    while (
        ready_site.shell(
            "from newsroom.models import *; print(FailedSignIn.objects.count())"
        )
        != "0"
    ):
        assert time.monotonic() < until
    assert process.poll() is None
    # Closes its standard input, as the server does when it ends.
    process.communicate(timeout=15)
    assert process.returncode == 0
