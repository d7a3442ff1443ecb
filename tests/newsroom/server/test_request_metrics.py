import os
import subprocess
import sys

import pytest
from django.db import connection
from django.test import override_settings

from newsroom.server import request_metrics
from newsroom.server.exchanges import Exchange
from newsroom.server.request_metrics import (
    FOLDER_VARIABLE,
    RequestMetrics,
    exposition,
    is_running,
    make_folder,
    pool_state,
    route_of,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of this process. A process has one: its files stay open."""
    var = tmp_path_factory.mktemp("var")
    with pytest.MonkeyPatch.context() as patch, override_settings(VAR_DIR=var):
        patch.setenv(FOLDER_VARIABLE, "")
        make_folder()
        yield var / "metrics" / str(os.getpid())


def ended_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_folders_of_servers_that_have_ended_are_removed(folder):
    old = folder.parent / str(ended_pid())
    other = folder.parent / str(os.getppid())
    for each in [old, other]:
        each.mkdir()
        (each / "counter_1.db").touch()
    make_folder()
    assert sorted(folder.parent.iterdir()) == sorted([folder, other])
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_was_answered_is_counted_by_route_and_kind_of_status(folder):
    counts = RequestMetrics()
    home = {"route": "articles:home", "status": 200, "cache": "miss", "seconds": 0.07}
    asked = [
        Exchange("1", "GET", "/", 0.0, **home),
        # A kept page: Django did not resolve it.
        Exchange("2", "GET", "/", 0.0, status=304, cache="hit", seconds=0.0001),
        Exchange("3", "POST", "/x/y", 0.0, status=413, seconds=9.0, body_seconds=8.8),
        Exchange("4", "GET", "/static/a.css", 0.0, status=200),
    ]
    counts.count(asked)
    counts.update(in_progress=3)
    text = exposition().decode()
    for line in [
        'newsroom_requests_total{route="articles:home",status="2xx"} 1.0',
        'newsroom_requests_total{route="articles:home",status="3xx"} 1.0',
        'newsroom_requests_total{route="none",status="4xx"} 1.0',
        'newsroom_requests_total{route="static",status="2xx"} 1.0',
        'newsroom_page_cache_total{result="miss"} 1.0',
        'newsroom_page_cache_total{result="hit"} 1.0',
        'newsroom_request_seconds_bucket{le="0.001",route="articles:home"} 1.0',
        'newsroom_request_seconds_bucket{le="0.1",route="articles:home"} 2.0',
        'newsroom_request_seconds_bucket{le="0.1",route="none"} 0.0',
        'newsroom_request_seconds_bucket{le="0.25",route="none"} 1.0',
        "newsroom_requests_in_progress 3.0",
    ]:
        assert f"{line}\n" in text
    # No address of a reader and no address that a stranger made up is a label.
    assert "/x/y" not in text


def test_what_a_worker_counted_stays_and_what_it_did_ends_with_it(folder):
    counts = RequestMetrics()
    counts.count([Exchange("1", "GET", "/", 0.0, status=200, route="only:here")])
    counts.update(in_progress=5)
    gone = ended_pid()
    for path in list(folder.iterdir()):
        kind = path.stem.rpartition("_")[0]
        (folder / f"{kind}_{gone}.db").write_bytes(path.read_bytes())
    text = exposition().decode()
    assert 'newsroom_requests_total{route="only:here",status="2xx"} 2.0' in text
    assert "newsroom_requests_in_progress 5.0" in text


def test_outside_of_a_server_nothing_is_counted(settings, monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "none"))
    settings.METRICS_TOKEN = "x"
    assert exposition() == b""
    assert request_metrics.of_this_process() is None


def test_routes_are_names_of_patterns():
    assert route_of("/") == "articles:home"
    assert route_of("/no/such/thing") == "none"
    assert route_of("/perhaps-a-page/") == "page"
    assert route_of("/static/css/base.css") == "static"


def test_pages_of_further_languages_have_the_names_of_their_routes(settings):
    settings.FURTHER_LANGUAGES = ["de"]
    route_of.cache_clear()
    assert route_of("/de/tags/") == "articles:tags"
    assert route_of("/de/admin/nothing/") == "page"


def test_the_state_of_the_pool_is_known_where_there_is_one(db):
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        assert pool_state() == {}
    else:
        assert set(pool_state()) in ({"open", "idle", "waiting"}, set())


def test_a_process_is_running_until_it_has_ended():
    assert is_running(os.getpid())
    assert not is_running(ended_pid())
