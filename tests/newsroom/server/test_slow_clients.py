"""Clients that send or read slowly, or not at all: the real server still answers the others."""

import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.newsroom.conftest import ROOT, Site, ask, free_port, wait_for

# The limits of the server, shortened, so that a test sees them pass.
HEADER_SECONDS = 3
BODY_SECONDS = 3
UNREAD_SECONDS = 2

SERVE = f"""
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
import django
django.setup()
from newsroom.server import request_bodies, rsgi, serve
serve.HEADER_SECONDS = {HEADER_SECONDS}
request_bodies.BODY_SECONDS = {BODY_SECONDS}
rsgi.UNREAD_SECONDS = {UNREAD_SECONDS}
serve.serve(host="127.0.0.1", port=int(sys.argv[1]), workers=1)
"""

HEAD = b"POST /articles/none/comments/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"

# Long enough to fill every buffer between the server and a client that does not read.
LARGE_FILE = 30 * 1024 * 1024


@pytest.fixture(scope="module")
def served(collected, tmp_path_factory):
    """A worker with shortened limits. Yields its address."""
    if os.environ.get("NEWSROOM_TESTS_ON") == "postgresql":
        pytest.skip("the same on every database")
    folder = tmp_path_factory.mktemp("slow") / "var"
    shutil.copytree(collected, folder, copy_function=os.link)
    (folder / "secret_key").unlink()
    site = Site(folder)
    run = site.run("migrate", "-v0")
    assert run.returncode == 0, run.complaints
    # whitenoise lists its files when the server starts.
    (folder / "static" / "large.bin").write_bytes(os.urandom(LARGE_FILE))
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        time.sleep(1)  # The option of the listening socket is set just after the start.
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def connections(port, number, sent=b""):
    """This many connections that have sent these bytes and nothing else."""
    with ExitStack() as stack:
        found = []
        for _ in range(number):
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            stack.enter_context(connection)
            if sent:
                connection.sendall(sent)
            found.append(connection)
        yield found


def assert_the_site_goes_on(port):
    for path in ["/healthz", "/", "/no-such-page/"]:
        begun = time.monotonic()
        answer = ask(f"http://127.0.0.1:{port}{path}")
        assert answer.status in {200, 404}
        assert time.monotonic() - begun < 1, path


def seconds_until_closed(connection, *, within):
    """How long the server keeps the connection open, and what it sends before closing."""
    connection.settimeout(within)
    begun, said = time.monotonic(), b""
    try:
        while received := connection.recv(65536):
            said += received
    except ConnectionResetError:
        pass
    return time.monotonic() - begun, said


def test_a_thousand_silent_connections_are_closed_and_hold_up_nobody(served):
    port, _ = served
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1200:
        pytest.skip("this machine allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    assert_the_site_goes_on(port)
    with connections(port, 1024) as silent:
        assert_the_site_goes_on(port)
        for connection in silent:
            seconds_until_closed(connection, within=HEADER_SECONDS + 5)
    assert_the_site_goes_on(port)


def test_unfinished_headers_are_given_up(served):
    port, _ = served
    with connections(port, 40, HEAD) as unfinished:
        assert_the_site_goes_on(port)
        for connection in unfinished:
            seconds_until_closed(connection, within=HEADER_SECONDS + 5)


def test_an_idle_connection_is_closed(served):
    port, _ = served
    whole = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with connections(port, 1, whole) as [connection]:
        seconds, said = seconds_until_closed(connection, within=HEADER_SECONDS + 5)
    assert said.startswith(b"HTTP/1.1 200")
    assert seconds > HEADER_SECONDS - 1


@pytest.mark.parametrize(
    "length", [b"Content-Length: 5000\r\n", b"Transfer-Encoding: chunked\r\n"]
)
def test_unfinished_bodies_take_no_thread_and_are_given_up(served, length):
    port, _ = served
    with connections(port, 40, HEAD + FORM + length + b"\r\n") as unfinished:
        assert_the_site_goes_on(port)
        for connection in unfinished:
            _, said = seconds_until_closed(connection, within=BODY_SECONDS + 5)
            assert said.startswith(b"HTTP/1.1 408")
            assert b"your words are still in the form" in said


def test_bodies_that_drip_are_given_up(served):
    port, _ = served
    head = HEAD + FORM + b"Content-Length: 5000\r\n\r\n"
    begun = time.monotonic()
    with connections(port, 40, head) as dripping:
        left = list(dripping)
        while left and time.monotonic() - begun < BODY_SECONDS + 5:
            for connection in list(left):
                try:
                    connection.sendall(b"x")
                except OSError:
                    left.remove(connection)
            assert_the_site_goes_on(port)
            time.sleep(0.3)
    assert not left


def test_a_slow_body_that_keeps_coming_is_taken(served):
    port, _ = served
    body = b"name=Ada&body=" + b"x" * 5000
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    with connections(port, 1, HEAD + FORM + length) as [connection]:
        for start in range(0, len(body), 500):
            connection.sendall(body[start : start + 500])
            time.sleep(0.5)
        # Longer than BODY_SECONDS, but fast enough: Django answers.
        assert connection.recv(100).startswith(b"HTTP/1.1 404")


def test_http_2_is_not_spoken(served):
    port, _ = served
    # The HTTP/2 preface, and the beginning of many streams on one connection.
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0" * 40
    with connections(port, 1, preface) as [connection]:
        seconds, said = seconds_until_closed(connection, within=5)
    assert seconds < 1
    assert b"\0\0" not in said
    assert_the_site_goes_on(port)


def test_clients_that_do_not_read_take_no_thread_and_are_cut_off(served):
    port, _ = served
    get = b"GET /static/large.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with connections(port, 40, get) as lazy:
        assert_the_site_goes_on(port)
        # The kernel probes a client with a full buffer at growing intervals.
        time.sleep(UNREAD_SECONDS * 4)
        for connection in lazy:
            received = 0
            connection.settimeout(5)
            try:
                while chunk := connection.recv(1024 * 1024):
                    received += len(chunk)
            except ConnectionResetError:
                pass
            assert received < LARGE_FILE


@pytest.mark.parametrize("announced", [True, False])
def test_a_terabyte_is_refused_and_nothing_is_written(served, announced):
    port, pid = served
    length = (
        b"Content-Length: 1099511627776\r\n"
        if announced
        else b"Transfer-Encoding: chunked\r\n"
    )
    multipart = b"Content-Type: multipart/form-data; boundary=x\r\n"
    chunk = b"x" * 60_000
    start = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    head = b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n" + multipart + length
    before = open_temporary_files(pid)
    with connections(port, 1, head + b"\r\n") as [connection]:
        try:
            for part in [start, *[chunk] * 30]:
                connection.sendall(
                    part if announced else b"%x\r\n%s\r\n" % (len(part), part)
                )
        except OSError:
            pass  # The server has already refused.
        assert open_temporary_files(pid) == before
        _, said = seconds_until_closed(connection, within=10)
    assert said.startswith(b"HTTP/1.1 413") or not said
    if announced:
        assert b"The form is too large" in said
    assert_the_site_goes_on(port)


def open_temporary_files(pid):
    """The unnamed files that the process and its children have open: temporary files."""
    pids = [pid]
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        pids += [int(child) for child in listed.read_text().split()]
    temporary = f"{tempfile.gettempdir()}/"
    found = []
    for one in pids:
        for link in Path(f"/proc/{one}/fd").iterdir():
            try:
                target = os.readlink(link)
            except OSError:
                continue
            if target.startswith(temporary) and "(deleted)" in target:
                found.append(target)
    return found
