"""What a worker does beside the server, with real processes and a real mail server."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.comments.mail_server import MailServer
from tests.newsroom.conftest import wait_until

WRITE = """
from django.db import transaction
from comments.models import Mailbox
from comments.mail.outbox import write
with transaction.atomic():
    write("data", Mailbox.objects.of("ines@example.org"))
"""
STATE = "from comments.models import PendingMail; print(list(PendingMail.objects.values_list('tries')))"
LATER = """
from datetime import timedelta
from django.utils import timezone
from comments.models import PendingMail
from django_tasks_db.models import DBTaskResult
PendingMail.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
print(DBTaskResult.objects.ready().exclude(run_after=None).count())
DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
"""


@pytest.fixture
def worked_site(site):
    """A site with tables and a worker."""
    site.environment["WORKER"] = "1"
    run = site.run("migrate", "-v0")
    assert run.returncode == 0, run.complaints
    return site


def test_a_worker_sends_and_comes_back_to_what_failed(worked_site):
    site, server = worked_site, MailServer()
    site.environment["MAIL_URL"] = server.url
    site.shell(WRITE)
    # The process that queued it did not send it.
    assert site.shell(STATE) == "[(0,)]"
    worker = site.start("db_worker", "--interval=0.1", "--no-startup-delay")
    try:
        # No mail server listens on the port.
        wait_until(lambda: site.shell(STATE) == "[(1,)]")
        with server.running():
            site.shell(LATER)
            wait_until(lambda: server.recipients == [["ines@example.org"]])
            wait_until(lambda: site.shell(STATE) == "[]")
        assert worker.poll() is None
    finally:
        worker.terminate()
        printed, complaints = worker.communicate(timeout=60)
    assert "could not be sent: ConnectionRefusedError" in printed
    assert "ines" not in printed + complaints


def test_the_tick_forgets_what_the_worker_has_done(worked_site):
    worked_site.shell(
        "from comments.mail.triggers import moderators_mail; moderators_mail.enqueue()"
    )
    assert worked_site.run("db_worker", "--batch").returncode == 0
    forget = """
from datetime import timedelta
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from newsroom.ticking import tick
from tests.factories import make_steady_clock
make_steady_clock()
for days in [6, 7]:
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=days))
    print(tick(), DBTaskResult.objects.count())
"""
    assert worked_site.shell(forget).splitlines() == ["[] 1", "[] 0"]


def test_without_a_worker_tasks_are_done_at_once(site):
    run = site.python(
        "import django; django.setup(); from django.conf import settings; "
        "print(settings.TASKS['default']['BACKEND'], settings.INSTALLED_APPS)"
    )
    assert "ImmediateBackend" in run.stdout
    assert "django_tasks_db" not in run.stdout


def test_a_worker_that_is_not_installed_stops_the_start(site):
    run = site.python(
        "import sys; sys.modules['django_tasks_db'] = None; import newsroom.settings",
        WORKER="1",
    )
    assert run.returncode != 0
    assert ImproperlyConfigured.__name__ in run.stderr
    assert "uv sync --extra worker" in run.stderr
