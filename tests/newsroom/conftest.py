"""A separate site for real processes, with its own folder, database and environment."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import OUR_VARIABLES

ROOT = Path(__file__).resolve().parents[2]

MAKE_STEADY_CLOCK = "from tests.factories import make_steady_clock; make_steady_clock()"


class Site:
    """Runs `manage.py` as an operator would, with only the environment that the test sets."""

    def __init__(self, folder, *, root=ROOT, **environment):
        self.folder = folder
        # Where the code is: this checkout, or that of another release.
        self.root = root
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {*OUR_VARIABLES, "VAR_DIR"}
            and not name.startswith(("DJANGO_", "PYTEST_"))
        } | {
            "VAR_DIR": str(folder),
            # Nobody reads what a server prints before it ends, and a pipe has an end.
            "ACCESS_LOG": "0",
            **environment,
        }

    def start(self, *arguments, stdin=subprocess.DEVNULL, **environment):
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=self.root,
            env=self.environment | environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, **environment):
        """Run the command. Returns its output, its errors and its exit code."""
        process = self.start(*arguments, **environment)
        printed, complaints = process.communicate(timeout=300)
        process.printed, process.complaints = printed, complaints
        return process

    def python(self, code, **environment):
        """The output of the code, run with the settings of the site."""
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.root,
            env=self.environment
            | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"}
            | environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def shell(self, code):
        run = self.run("shell", "-v0", "-c", code)
        assert run.returncode == 0, run.complaints
        return run.printed.strip()

    @contextmanager
    def served(self, *arguments, command="serve", **environment):
        """Start a server. Yields its address and its process, and stops it at the end."""
        port = free_port()
        place = (
            ["--port", port] if command == "demo" else ["--bind", f"127.0.0.1:{port}"]
        )
        process = self.start(command, *place, *arguments, **environment)
        try:
            # The demo uses a name, so that passkeys work.
            host = "localhost" if command == "demo" else "127.0.0.1"
            address = f"http://{host}:{port}"
            wait_for(f"{address}/healthz", process)
            yield address, process
        finally:
            process.terminate()
            process.communicate(timeout=120)


@contextmanager
def taken_port():
    """A port on which another program listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_served(address):
    try:
        return ask(address, within=5).status < 400
    except (URLError, ConnectionError, TimeoutError):
        # The server or its worker has not started yet.
        return False


def wait_for(address, process, seconds=300):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError("".join(process.communicate()))
        if is_served(address):
            return
        time.sleep(0.1)
    raise AssertionError(f"{address} did not answer in {seconds} seconds.")


def wait_until(true, seconds=120):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "It did not become true in time."
        time.sleep(0.1)


def children_of(process):
    """The child processes, as the kernel lists them for each thread."""
    lists = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(pid) for listed in lists for pid in listed.read_text().split()]


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


def ask(address, *, within=30, **headers):
    """The whole answer to a GET request, whatever its status. Nothing of it stays open."""
    try:
        sent = urlopen(Request(address, headers=headers), timeout=within)
    except HTTPError as refusal:
        sent = refusal
    with sent:
        return Answer(sent.status, sent.headers, sent.read())


def made_once(tmp_path_factory, name, make):
    """The folder that `make` fills, filled by the first worker of this run that needs it."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, is_made = root / name, root / f"{name}.made"
    try:
        (root / f"{name}.lock").mkdir()
    except FileExistsError:
        wait_until(is_made.exists, seconds=300)
    else:
        make(folder)
        is_made.touch()
    return folder


@contextmanager
def new_database(server, *, template=None):
    """The address of a database of its own on the server, a copy of the template if there is one."""
    name = f"site_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        copied = f" TEMPLATE {template}" if template else ""
        connection.execute(f"CREATE DATABASE {name}{copied}")
        yield address_on(server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def address_on(server, name):
    path = urlsplit(server).path
    return re.sub(f"{path}(?=\\?|$)", f"/{name}", server, count=1)


@pytest.fixture
def site(tmp_path):
    """A place for a site on the kind of database that this run is about, with nothing in it yet."""
    yield from sites(tmp_path / "var")


def sites(folder):
    server = os.environ.get("DATABASE_URL")
    if not server:
        yield Site(folder)
        return
    with new_database(server) as address:
        yield Site(folder, DATABASE_URL=address)


@pytest.fixture(scope="session")
def collected(tmp_path_factory):
    """A folder with the static files as the demo collects them, made once."""

    def collect(folder):
        code = "import django; django.setup(); from newsroom.demo.static_files import collect; collect()"
        run = Site(folder).python(code)
        assert run.returncode == 0, run.stderr

    return made_once(tmp_path_factory, "collected", collect)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A database with all tables to copy, made once: a file, or the name of a template on the server."""
    server = os.environ.get("DATABASE_URL")

    def migrate(folder):
        folder.mkdir()
        name, environment = f"template_{uuid4().hex[:12]}", {}
        if server:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            environment = {"DATABASE_URL": address_on(server, name)}
            (folder / "template").write_text(name)
        run = Site(folder, **environment).run("migrate", "-v0")
        assert run.returncode == 0, run.complaints

    folder = made_once(tmp_path_factory, "migrated", migrate)
    return (folder / "template").read_text() if server else folder / "newsroom.sqlite3"


def with_files(site, collected):
    shutil.copytree(collected, site.folder, copy_function=os.link)
    (site.folder / "secret_key").unlink()
    return site


@pytest.fixture
def site_with_files(site, collected):
    """The site with its static files, and no database yet."""
    return with_files(site, collected)


@pytest.fixture
def ready_site(tmp_path, collected, migrated):
    """A site with its static files and its tables."""
    server = os.environ.get("DATABASE_URL")
    if not server:
        site = with_files(Site(tmp_path / "var"), collected)
        shutil.copy(migrated, site.folder / "newsroom.sqlite3")
        yield site
        return
    with new_database(server, template=migrated) as address:
        yield with_files(Site(tmp_path / "var", DATABASE_URL=address), collected)
