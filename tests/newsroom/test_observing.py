"""What an operator sees of a real server with two workers: its log and its metrics."""

import json
import re
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.newsroom.conftest import ask

TOKEN = {"Authorization": "Bearer a-token-of-the-test"}
ON = {"METRICS_TOKEN": "a-token-of-the-test"}


@contextmanager
def observed(site, workers, **environment):
    """The address of a server with an access log, and a function that stops it and returns its log."""
    environment = {"ACCESS_LOG": "1", **environment}
    with (
        site.served("--workers", workers, **environment) as (address, process),
        ThreadPoolExecutor(1) as thread,
    ):
        # At once: a pipe takes only so much before somebody reads it.
        printed = thread.submit(process.stdout.readlines)

        def stop():
            process.terminate()
            lines = [json.loads(line) for line in printed.result(timeout=60)]
            assert process.stderr.read() == ""
            return lines

        try:
            yield address, stop
        finally:
            process.terminate()


def answered(lines):
    return [line for line in lines if line["logger"] == "newsroom.access"]


def figures(site):
    """The metrics as a dict by name and labels."""
    text = ask(f"{site}/metrics", **TOKEN).body.decode()
    return {
        name: float(value)
        for name, value in re.findall(r"^([^#\s].*) (\S+)$", text, re.MULTILINE)
    }


def raw(site, request):
    """The answer to bytes that no library would send."""
    place = urlsplit(site)
    with socket.create_connection((place.hostname, place.port), timeout=30) as client:
        client.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_every_request_has_a_line_with_the_id_of_its_answer(ready_site):
    with observed(ready_site, 2, PAGE_CACHE_SECONDS="600") as (site, stop):
        page = ask(site + "/")
        style = re.search(r'href="(/static/[^"]+\.css)"', page.body.decode())[1]
        ids = {}
        for path in ["/", style, "/no-such-page/", "/comments/mine/1:secret/"]:
            answer = ask(site + path)
            sent = path, answer.status, len(answer.body)
            ids[answer.headers["X-Request-ID"]] = sent
        refused = raw(site, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        too_large = raw(
            site,
            b"POST /comments/mine/2:secret/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Length: 99999999\r\n\r\n",
        )
        lines = stop()
    by_id = {line["request_id"]: line for line in answered(lines)}
    assert len(by_id) == len(answered(lines))
    for request_id, (path, status, size) in ids.items():
        line = by_id[request_id]
        shown = path.replace("1:secret", "…")
        assert (line["path"], line["status"]) == (shown, status)
        assert line["bytes"] == size
        assert 0 < line["ms"] < 60_000
    for answer, status in [(refused, 400), (too_large, 413)]:
        sent = re.search(rb"x-request-id: (\S+)", answer, re.IGNORECASE)[1].decode()
        assert f" {status} ".encode() in answer.partition(b"\r\n")[0]
        assert by_id[sent]["status"] == status
    # Each worker makes a page once; then it is kept.
    caches = [line.get("cache") for line in by_id.values() if line["path"] == "/"]
    assert caches.count("miss") in {1, 2}
    printed = json.dumps(lines)
    assert "secret" not in printed
    # Lines about the server itself name its own address; those of requests name nobody's.
    assert "127.0.0.1" not in json.dumps(answered(lines))


def test_the_id_of_a_request_is_in_its_other_lines(ready_site):
    with observed(ready_site, 1) as (site, stop):
        answer = ask(f"{site}/no-such-page/", Host="evil.example")
        assert answer.status == 400
        lines = stop()
    request_id = answer.headers["X-Request-ID"]
    [complaint] = [line for line in lines if line["logger"].startswith("django.sec")]
    assert complaint["request_id"] == request_id
    assert "evil.example" in complaint["message"]


def test_only_a_trusted_proxy_names_a_request(ready_site):
    for trusted, is_taken in [("127.0.0.1", True), ("192.0.2.1", False)]:
        with observed(ready_site, 1, TRUSTED_PROXIES=trusted) as (site, stop):
            for page in ["/", "/", "/healthz"]:
                answer = ask(site + page, **{"X-Request-ID": "edge-17/a"})
                assert (answer.headers["X-Request-ID"] == "edge-17/a") == is_taken
            answer = ask(site + "/", **{"X-Request-ID": "two words"})
            assert " " not in answer.headers["X-Request-ID"]
            ids = [line["request_id"] for line in answered(stop())]
        assert ids.count("edge-17/a") == (3 if is_taken else 0)


def test_the_access_log_can_be_switched_off(ready_site):
    with observed(ready_site, 1, ACCESS_LOG="0") as (site, stop):
        assert ask(site + "/").headers["X-Request-ID"]
        assert answered(stop()) == []


def test_the_metrics_of_two_workers_add_up(ready_site):
    paths = ["/", "/healthz", "/no-such-page/", "/articles/none/", "/archive/"] * 40
    with observed(ready_site, 2, **ON) as (site, stop):
        before = figures(site)
        with ThreadPoolExecutor(8) as readers:
            statuses = Counter(readers.map(lambda path: ask(site + path).status, paths))
        after = figures(site)
        # From whichever worker they come, they are the same.
        assert [count(figures(site), 'status="4xx"') for _ in range(4)] == [80] * 4
        lines = stop()
    assert statuses == {200: 120, 404: 80}
    grown = {
        status: count(after, f'status="{status}"') - count(before, f'status="{status}"')
        for status in ["2xx", "4xx"]
    }
    # The first look at the metrics is counted in the second.
    assert grown == {"2xx": 121, "4xx": 80}
    assert after['newsroom_requests_total{route="alive",status="2xx"}'] >= 40
    assert after['newsroom_request_seconds_count{route="articles:home"}'] == 40
    assert (
        after['newsroom_request_seconds_bucket{le="+Inf",route="articles:home"}'] == 40
    )
    cached = [value for name, value in after.items() if "page_cache_total" in name]
    logged = [line for line in answered(lines) if line.get("cache")]
    assert sum(cached) == len(logged) == 160
    assert after["newsroom_database_up"] == 1
    assert after["newsroom_disk_free_bytes"] > 0
    processes = {name for name in after if name.startswith("newsroom_requests_in_pro")}
    assert processes == {"newsroom_requests_in_progress"}


def count(found, label):
    return sum(
        value
        for name, value in found.items()
        if name.startswith("newsroom_requests_total") and label in name
    )


def test_the_metrics_are_for_whoever_has_the_token(ready_site):
    with ready_site.served("--workers", 1, **ON) as (site, _):
        for given in [{}, {"Authorization": "Bearer another"}]:
            answer = ask(f"{site}/metrics", **given)
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        answer = ask(f"{site}/metrics", **TOKEN)
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert answer.headers["Cache-Control"] == "private, no-store"
    with ready_site.served("--workers", 1) as (site, _):
        assert ask(f"{site}/metrics", **TOKEN).status == 404
