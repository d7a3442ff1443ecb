"""What the server does with a request before Django, and with Django's answer."""

import asyncio
import errno
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile

import pytest

from newsroom.server import request_bodies, rsgi
from newsroom.server.page_cache import PageCache
from newsroom.server.proxies import AMBIGUOUS, TrustedProxies
from newsroom.server.request_bodies import (
    BodyTooLarge,
    RequestRefused,
    announced_length,
    seconds_for,
    whole_body,
)
from newsroom.server.session_cookies import KnownSessions
from tests.newsroom.conftest import ROOT


@dataclass
class Headers:
    lines: list

    def items(self):
        return self.lines


@dataclass
class Scope:
    """A request as granian describes it."""

    headers: Headers
    path: str = "/"
    query_string: str = ""
    method: str = "GET"
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "203.0.113.7:40000"
    http_version: str = "1.1"


@dataclass
class Protocol:
    """The client: sends these chunks, and stores the answer."""

    chunks: list = field(default_factory=list)
    answer: tuple = None

    async def __aiter__(self):
        for chunk in self.chunks:
            yield chunk

    def response_bytes(self, status, headers, body):
        self.answer = status, dict(headers), body

    def response_empty(self, status, headers):
        self.answer = status, dict(headers), b""

    def response_file(self, status, headers, path):
        self.answer = status, dict(headers), path


def run_in_thread(coroutine):
    """What the coroutine returns. Playwright keeps an event loop in the thread of the tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def scope(*lines, **about):
    return Scope(Headers([("host", "testserver"), *lines]), **about)


def environ_of(*lines, **about):
    return rsgi.environ_of(scope(*lines, **about))


def test_a_request_becomes_an_environ():
    environ = environ_of(
        ("content-type", "text/plain"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("accept", "text/html"),
        ("accept", "image/png"),
        path="/é/",
        query_string="q=é",
        client="[2001:db8::1]:40000",
    )
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "text/html,image/png"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/é/"
    assert environ["QUERY_STRING"].encode("latin-1").decode() == "q=é"
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert AMBIGUOUS not in environ
    assert "PATH" not in environ  # Nothing from the environment of the process.


def test_a_name_with_an_underscore_is_not_the_one_with_a_hyphen():
    environ = environ_of(("x_forwarded_for", "6.6.6.6"), ("content_length", "5"))
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert announced_length(environ) == 0
    assert environ[AMBIGUOUS] == {"x_forwarded_for"}


def test_a_forwarding_header_in_two_lines_is_noticed():
    environ = environ_of(("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "1.2.3.4"))
    assert environ[AMBIGUOUS] == {"x-forwarded-for"}
    assert environ["HTTP_X_FORWARDED_FOR"] == "6.6.6.6,1.2.3.4"


def test_two_hosts_are_refused():
    with pytest.raises(RequestRefused):
        environ_of(("host", "evil.example"))


def read(chunks, limit=100, announced=""):
    async def reading():
        environ = {"CONTENT_LENGTH": announced}
        body = await whole_body(environ, aiter(Protocol(chunks)), limit)
        with body:
            return body.read(), environ["CONTENT_LENGTH"]

    return run_in_thread(reading())


def test_a_body_is_read_whole_and_its_length_is_known():
    assert read([b"ab", b"", b"c"]) == (b"abc", "3")


@pytest.mark.parametrize(
    ("chunks", "announced"), [([b"x" * 60] * 2, ""), ([], "101"), ([], "9" * 19)]
)
def test_no_more_is_read_than_the_limit(chunks, announced):
    with pytest.raises(BodyTooLarge):
        read(chunks, announced=announced)


def test_a_body_that_breaks_off_is_no_body():
    with pytest.raises(RequestRefused):
        read([b"abc"], announced="10")


def test_a_body_for_which_there_is_no_room_is_refused_in_a_sentence(monkeypatch):
    class FullDisk(SpooledTemporaryFile):
        def write(self, chunk):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(request_bodies, "SpooledTemporaryFile", FullDisk)
    with pytest.raises(RequestRefused, match="no room") as refused:
        read([b"abc"])
    assert refused.value.status == 507


def test_a_body_has_a_floor_of_bytes_a_second_and_an_end():
    assert seconds_for(0) == request_bodies.BODY_SECONDS
    assert seconds_for(500) == request_bodies.BODY_SECONDS + 1
    assert seconds_for(10**9) == request_bodies.BODY_SECONDS_AT_MOST


def site(application):
    pages = PageCache(application)
    sessions = KnownSessions(pages)
    return rsgi.Server(TrustedProxies(sessions), sessions, pages)


def asked(server, protocol=None, *lines, **about):
    """Status, headers and body of the answer; each answer has an id, which is left out."""
    protocol = protocol or Protocol()
    run_in_thread(server.__rsgi__(scope(*lines, **about), protocol))
    assert protocol.answer[1].pop("x-request-id")
    return protocol.answer


def answering(body, *headers, status="200 OK"):
    def application(environ, start_response):
        start_response(status, list(headers))
        return body

    return application


def test_an_answer_is_handed_over_whole():
    status, headers, body = asked(site(answering([b"a", b"b"], ("X-Name", "1"))))
    assert (status, headers, body) == (200, {"x-name": "1"}, b"ab")


def test_an_error_of_the_application_is_an_answer(caplog):
    def application(environ, start_response):
        raise ValueError

    status, headers, _ = asked(site(application))
    assert status == 500
    assert headers["x-content-type-options"] == "nosniff"


def test_a_file_is_sent_by_the_server(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"12345")
    for position, length, sent in [(0, "5", os.fspath(path)), (2, "3", b"345")]:
        file = path.open("rb")
        file.seek(position)
        body = rsgi.FileWrapper(file)
        answer = asked(site(answering(body, ("Content-Length", length))))
        assert answer == (200, {"content-length": length}, sent)
        assert file.closed


def test_requests_with_a_body_use_half_of_the_threads_at_most(monkeypatch):
    together, most = 0, 0

    async def counted(self, environ, protocol):
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(0.01)
        together -= 1

    monkeypatch.setattr(rsgi.Server, "_answer", counted)
    server = site(answering([]))

    async def all_at_once():
        length = ("content-length", "1")
        request = scope(length, method="POST")
        await asyncio.gather(
            *(server.__rsgi__(request, Protocol([b"x"])) for _ in range(40))
        )

    run_in_thread(all_at_once())
    assert most == rsgi.THREADS // 2


def test_too_many_bodies_at_once_are_refused(monkeypatch):
    monkeypatch.setattr(rsgi, "BODIES", 0)
    length = ("content-length", "1")
    server = site(answering([]))
    status, headers, _ = asked(server, Protocol([b"x"]), length, method="POST")
    assert (status, headers["retry-after"]) == (503, "10")


PAGE = ("Cache-Control", "public, no-cache"), ("Content-Length", "2")


def test_a_kept_page_is_sent_without_a_thread(monkeypatch, settings):
    settings.PAGE_CACHE_SECONDS = 60
    settings.ALLOWED_HOSTS = ["testserver"]
    server = site(answering([b"ok"], *PAGE))
    assert asked(server)[2] == b"ok"
    monkeypatch.setattr(rsgi.Server, "_answer", None)
    plain = asked(server)
    assert plain[0] == 200
    assert plain[1]["cache-control"] == "public, no-cache"
    # Also if the headers need a closer look, and with the cookie of an unknown session.
    assert asked(server, None, ("cookie", "theme=dark"))[2] == b"ok"
    assert asked(server, None, ("cookie", "sessionid=x"))[2] == b"ok"
    etag = ("if-none-match", plain[1]["etag"])
    assert asked(server, None, etag)[0] == 304


def test_other_characters_are_not_taken_for_the_address_of_another_page(settings):
    settings.PAGE_CACHE_SECONDS = 60
    settings.ALLOWED_HOSTS = ["testserver"]

    def application(environ, start_response):
        body = environ["PATH_INFO"].encode("latin-1")
        start_response("200 OK", [PAGE[0], ("Content-Length", str(len(body)))])
        return [body]

    server = site(application)
    for path in ["/é/", "/Ã©/", "/é/"]:
        assert asked(server, path=path)[2].decode() == path


class Log:
    """Takes the answered requests, as the access log does."""

    in_progress = 0

    def __init__(self):
        self.taken = []

    def add(self, exchange):
        self.taken.append(exchange)


def observed(application):
    server = site(application)
    server._log = Log()
    return server, server._log.taken


def test_it_is_known_how_the_page_cache_answered(settings):
    settings.PAGE_CACHE_SECONDS = 60
    settings.ALLOWED_HOSTS = ["testserver"]
    server, taken = observed(answering([b"ok"], *PAGE))
    etag = ("etag", "x")
    for lines in [[], [], [etag], [("cookie", "theme=dark")]]:
        asked(server, None, *lines)
    asked(server, method="POST")
    assert [each.cache for each in taken] == ["miss", "hit", "hit", "hit", ""]
    assert {(each.status, each.size) for each in taken} == {(200, 2)}
    assert server._log.in_progress == 0


def test_each_answer_from_the_cache_has_an_id_of_its_own(settings):
    settings.PAGE_CACHE_SECONDS = 60
    settings.ALLOWED_HOSTS = ["testserver"]
    server, taken = observed(answering([b"ok"], *PAGE))
    sent = []
    for _ in range(3):
        protocol = Protocol()
        run_in_thread(server.__rsgi__(scope(), protocol))
        sent.append(protocol.answer[1]["x-request-id"])
    assert sent == [each.request_id for each in taken]
    assert len(set(sent)) == 3


def test_what_is_refused_before_django_is_noted_too(monkeypatch):
    server, taken = observed(answering([]))
    asked(server, None, ("host", "another"))
    monkeypatch.setattr(rsgi, "BODIES", 0)
    asked(server, Protocol([b"x"]), ("content-length", "1"), method="POST")
    assert [each.status for each in taken] == [400, 503]


def test_an_answer_that_breaks_off_is_noted_as_an_error():
    def breaks_off():
        yield b"x"
        raise ValueError("Gone")

    server, taken = observed(answering(breaks_off()))
    with pytest.raises(ValueError, match="Gone"):
        asked(server)
    assert [each.status for each in taken] == [500]
    assert server._log.in_progress == 0


def test_health_needs_no_thread(monkeypatch):
    monkeypatch.setattr(rsgi.Server, "_answer", None)
    server = site(answering([], status="500 Internal Server Error"))
    status, headers, body = asked(server, path="/healthz")
    assert (status, body) == (200, b"alive\n")
    assert headers["cache-control"] == "private, no-store"


def test_static_files_need_no_thread_of_the_others_and_no_session():
    seen = []

    def application(environ, start_response):
        seen.append((threading.current_thread().name, environ.get("HTTP_COOKIE")))
        start_response("200 OK", [])
        return [b""]

    pages = PageCache(application)
    sessions = KnownSessions(pages)
    server = rsgi.Server(
        TrustedProxies(sessions), sessions, pages, static_files={"/static/a.css"}
    )
    cookie = ("cookie", f"sessionid={'s' * 32}")
    asked(server, None, cookie, path="/static/a.css")
    asked(server, None, cookie, path="/readyz")
    asked(server, path="/other/")
    assert [name.rpartition("_")[0] for name, _ in seen] == [
        "no-database",
        "ready",
        "django",
    ]
    assert [cookies for _, cookies in seen] == [None] * 3


def test_a_kept_page_stands_in_for_who_is_late_and_whoever_asks(monkeypatch, settings):
    settings.PAGE_CACHE_SECONDS, settings.STALE_SECONDS = 60, 600
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr(rsgi, "LATE_SECONDS", 0.05)
    may_end = threading.Event()
    may_end.set()

    def application(environ, start_response):
        assert may_end.wait(10)
        return answering([b"ok"], *PAGE)(environ, start_response)

    server = site(application)
    assert asked(server)[2] == b"ok"
    server._pages._clock = lambda: time.monotonic() + 300
    may_end.clear()
    for cookie in [(), (("cookie", "theme=dark"),)]:
        status, headers, body = asked(server, None, *cookie)
        assert (status, headers["age"], body) == (200, "300", b"ok")
        assert "detail=stale" in headers["cache-status"]
    may_end.set()
    server = site(answering([b"no"], status="503 Service Unavailable"))
    assert asked(server)[0] == 503


def test_who_waits_for_a_thread_in_an_outage_is_told_in_time(monkeypatch):
    monkeypatch.setattr(rsgi, "LATE_SECONDS", 0.05)
    monkeypatch.setattr(rsgi, "THREADS", 2)
    monkeypatch.setattr(rsgi.database_waits, "longest", lambda: 5.0)
    may_end = threading.Event()
    told = []

    def application(environ, start_response):
        if environ.get(rsgi.outages.UNAVAILABLE):
            told.append(environ["wsgi.input"].read())
            return answering([b"down"], status="503 Unavailable")(
                environ, start_response
            )
        assert may_end.wait(10)
        return answering([b"ok"])(environ, start_response)

    server = site(application)
    protocols = [Protocol() for _ in range(4)]
    sent = Protocol([b"words"])

    async def crowd():
        waiting = [
            asyncio.ensure_future(server.__rsgi__(scope(path="/a/"), each))
            for each in protocols
        ]
        await asyncio.sleep(0)
        length = ("content-length", "5")
        posting = server.__rsgi__(scope(length, method="POST", path="/a/"), sent)
        waiting.append(asyncio.ensure_future(posting))
        while len(told) < 3:
            await asyncio.sleep(0.01)
        may_end.set()
        await asyncio.gather(*waiting)

    run_in_thread(crowd())
    assert sorted(each.answer[0] for each in protocols) == [200, 200, 503, 503]
    assert sent.answer[0] == 503
    assert sorted(told) == [b"", b"", b"words"]


def test_granian_loads_it_without_manage(tmp_path):
    name = "DJANGO_SETTINGS_MODULE"
    environment = {key: value for key, value in os.environ.items() if key != name}
    run = subprocess.run(
        [sys.executable, "-c", "import newsroom.server.rsgi"],
        cwd=ROOT,
        env=environment | {"VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
