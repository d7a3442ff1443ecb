import json
import re
import signal
import threading
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from django.core.management import CommandError

from newsroom.management.commands.serve import host_and_port
from newsroom.server.serve import TICK_SECONDS, refuse_when_taken
from tests.newsroom.conftest import (
    MAKE_STEADY_CLOCK,
    Site,
    ask,
    children_of,
    free_port,
    taken_port,
    wait_until,
    with_files,
)

# Another process holds the lock: every writer waits, as with a slow disk or a long job.
HOLD_THE_TABLE = """
import sys
from django.db import connection, transaction
with transaction.atomic():
    if connection.vendor == "postgresql":
        connection.cursor().execute("LOCK TABLE TABLE_NAME")
    print("held", flush=True)
    sys.stdin.readline()
"""


FAILURES = "from newsroom.models import *; print(FailedSignIn.objects.count())"


def log_of(process):
    process.terminate()
    printed, complaints = process.communicate(timeout=60)
    assert complaints == ""
    return [json.loads(line) for line in printed.splitlines()]


def test_the_server_serves_pages_and_static_files(ready_site):
    with ready_site.served("--workers", 2) as (site, process):
        page = ask(site + "/")
        assert page.status == 200
        style = re.search(r'href="(/static/[^"]+\.css)"', page.body.decode())[1]
        # The name changes with the content, so browsers may keep it for ever.
        assert re.search(r"\.[0-9a-f]{12}\.css$", style)
        plain = ask(site + style)
        assert "immutable" in plain.headers["Cache-Control"]
        assert plain.headers["Content-Encoding"] is None
        size = len(plain.body)
        for encoding in ["gzip", "br"]:
            packed = ask(site + style, **{"Accept-Encoding": encoding})
            assert packed.headers["Content-Encoding"] == encoding
            assert len(packed.body) < size
        assert ask(site + "/readyz").body == b"ready\n"
        assert ask(site + "/no-such-page/").status == 404
        lines = log_of(process)
    assert process.returncode == 0
    assert {"time", "level", "logger", "message"} <= set(lines[0])
    of_granian = [line for line in lines if line["logger"].startswith("_granian")]
    assert of_granian
    # It has nothing to say against the number of our threads.
    assert {line["level"] for line in of_granian} == {"info"}


def test_a_request_in_flight_is_finished_when_the_server_is_told_to_stop(ready_site):
    environment = {}
    if url := ready_site.environment.get("DATABASE_URL"):
        # Otherwise the request gives up after 1.5 seconds.
        joint = "&" if "?" in url else "?"
        environment["DATABASE_URL"] = f"{url}{joint}options=-c%20lock_timeout=60s"
    with ready_site.served("--workers", 1, **environment) as (site, process):
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        form = browser.open(f"{site}/admin/login/").read().decode()
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        words = {"username": "edith", "password": "wrong", "csrfmiddlewaretoken": token}
        answers = []
        with holding_the_table(ready_site) as let_go:
            request = threading.Thread(
                target=lambda: answers.append(
                    browser.open(
                        f"{site}/admin/login/", urlencode(words).encode(), timeout=60
                    )
                )
            )
            request.start()
            time.sleep(1)
            process.send_signal(signal.SIGTERM)
            time.sleep(1)
            # No new request is accepted, and the running one still waits.
            assert not answers
            assert process.poll() is None
            let_go()
            request.join(timeout=60)
        [answer] = answers
        assert answer.status == 200
        assert "Please enter the correct username" in answer.read().decode()
        assert process.wait(timeout=30) == 0
    assert ready_site.shell(FAILURES) == "1"


class holding_the_table:
    def __init__(self, site, table="newsroom_failedsignin"):
        code = HOLD_THE_TABLE.replace("TABLE_NAME", table)
        self.process = site.start("shell", "-v0", "-c", code, stdin=-1)

    def __enter__(self):
        assert self.process.stdout.readline() == "held\n"
        return lambda: self.process.communicate("\n", timeout=60)

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def tickers_of(process):
    return [
        pid
        for pid in children_of(process)
        if b"tick" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    ]


def is_gone(pid):
    try:
        return "(zombie)" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True


def test_one_process_ticks_however_many_serve(ready_site):
    ready_site.shell(MAKE_STEADY_CLOCK)
    ready_site.shell(
        "from newsroom.models import *; from datetime import *; "
        "FailedSignIn.objects.create(account='a', at=datetime(2020, 1, 1, tzinfo=UTC))"
    )
    with ready_site.served("--workers", 2) as (_, process):
        wait_until(lambda: tickers_of(process))
        [ticker] = tickers_of(process)
        wait_until(lambda: ready_site.shell(FAILURES) == "0")
        assert tickers_of(process) == [ticker]
        process.terminate()
        process.communicate(timeout=60)
        assert is_gone(ticker)


def ticker_of(process):
    """The id of the process that ticks, once it has begun: then it watches its parent."""
    wait_until(lambda: tickers_of(process))
    [ticker] = tickers_of(process)
    wait_until(lambda: len(list(Path(f"/proc/{ticker}/task").iterdir())) > 1)
    return ticker


def test_a_job_that_hangs_does_not_hold_up_the_end(ready_site):
    with ready_site.served("--workers", 1) as (_, process):
        ticker = ticker_of(process)
        # Every tick writes what it has done, and waits for the lock that another process holds.
        with holding_the_table(ready_site, "newsroom_ticking"):
            time.sleep(TICK_SECONDS + 3)
            start = time.monotonic()
            process.terminate()
            assert process.wait(timeout=60) == 0
            assert time.monotonic() - start < 10
            assert is_gone(ticker)


def test_everything_ends_soon_after_the_server_was_killed(ready_site):
    with ready_site.served("--workers", 2) as (site, process):
        ticker_of(process)
        with holding_the_table(ready_site, "newsroom_ticking"):
            children = children_of(process)
            assert len(children) == 3
            # Now a job of the tick hangs, so that it does not see that its pipe is closed.
            time.sleep(TICK_SECONDS + 3)
            process.kill()
            wait_until(lambda: all(map(is_gone, children)), seconds=5)
        # The next server finds the port free.
        refuse_when_taken(*host_and_port(urlsplit(site).netloc))


def test_a_site_without_static_files_says_what_to_do(site):
    run = site.run("serve")
    assert run.returncode == 1
    assert "uv run manage.py collectstatic" in run.complaints
    assert "Traceback" not in run.complaints


def test_a_site_without_tables_says_what_to_do(site_with_files):
    run = site_with_files.run("serve")
    assert run.returncode == 1
    assert "uv run manage.py migrate" in run.complaints
    assert "Traceback" not in run.complaints


def refused_for_the_database(site, address):
    """What `serve` and `demo` say, soon, without a database at the address."""
    began = time.monotonic()
    assert site.run("check").returncode == 0
    # Python and Django start within a second, unless the machine has more to do.
    needed = time.monotonic() - began
    said = set()
    for command in ["serve", "demo"]:
        began = time.monotonic()
        run = site.run(command, DATABASE_URL=address)
        assert time.monotonic() - began < 5 + 2 * needed
        assert run.returncode == 1
        assert run.printed == ""
        said.add(run.complaints)
    [sentence] = said
    assert len(sentence.splitlines()) == 1
    assert "secret" not in sentence
    return sentence


def test_a_database_that_is_not_there_is_said_at_once(collected, tmp_path):
    site = with_files(Site(tmp_path / "var"), collected)
    address = f"postgres://desk:secret@127.0.0.1:{free_port()}/newsroom"
    sentence = refused_for_the_database(site, address)
    assert "The database does not answer" in sentence
    assert "refused" in sentence
    (site.folder / "notes").write_text("This is no database, but a text.")
    sentence = refused_for_the_database(site, f"sqlite:///{site.folder}/notes")
    assert "file is not a database" in sentence


def test_a_database_that_says_nothing_is_not_waited_for(collected, tmp_path):
    site = with_files(Site(tmp_path / "var"), collected)
    with taken_port() as port:
        address = f"postgres://desk:secret@127.0.0.1:{port}/newsroom"
        sentence = refused_for_the_database(site, address)
    assert "does not answer" in sentence or "has not answered" in sentence


def test_a_proxy_that_is_not_named_gets_a_sentence_instead_of_redirects(ready_site):
    https = {"SITE_URL": "https://127.0.0.1"}
    forwarded = {"X-Forwarded-Proto": "https"}
    with ready_site.served("--workers", 1, **https) as (site, process):
        answer = ask(site + "/", **forwarded)
        assert answer.status == 400
        assert b"TRUSTED_PROXIES" in answer.body
        lines = log_of(process)
    assert any("TRUSTED_PROXIES" in line["message"] for line in lines)
    named = https | {"TRUSTED_PROXIES": "127.0.0.1"}
    with ready_site.served("--workers", 1, **named) as (site, _):
        assert ask(site + "/", **forwarded).status == 200


def test_a_wrong_setting_of_the_server_is_one_sentence(ready_site):
    run = ready_site.run("serve", TRUSTED_PROXIES="my-proxy")
    assert run.returncode == 1
    [sentence] = run.complaints.splitlines()
    assert "TRUSTED_PROXIES must hold addresses or networks" in sentence


def test_a_taken_port_is_refused_in_a_sentence(ready_site):
    with taken_port() as port:
        run = ready_site.run("serve", "--bind", f"127.0.0.1:{port}")
    assert run.returncode == 1
    assert f"Port {port} is taken" in run.complaints


def test_two_servers_do_not_share_a_port(ready_site):
    with ready_site.served("--workers", 1) as (site, _):
        run = ready_site.run("serve", "--bind", urlsplit(site).netloc)
    assert run.returncode == 1
    assert "is taken by another program" in run.complaints


def test_an_address_of_another_machine_is_refused_in_a_sentence(ready_site):
    run = ready_site.run("serve", "--bind", f"192.0.2.1:{free_port()}")
    assert run.returncode == 1
    assert "Nothing can be served on 192.0.2.1" in run.complaints


@pytest.mark.parametrize(
    ("text", "place"),
    [("127.0.0.1:8000", ("127.0.0.1", 8000)), ("[::1]:80", ("::1", 80))],
)
def test_an_address_is_a_host_and_a_port(text, place):
    assert host_and_port(text) == place


@pytest.mark.parametrize(
    "text", ["8000", "localhost", ":8000", "a:b", "a:0", "a:70000", ""]
)
def test_anything_else_is_refused(text):
    with pytest.raises(CommandError, match="HOST:PORT"):
        host_and_port(text)
