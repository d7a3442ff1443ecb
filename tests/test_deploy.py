"""The files in docs/deploy/ are what the programs they are written for accept."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.newsroom.conftest import ROOT, Site

DEPLOY = ROOT / "docs" / "deploy"


def program(name):
    """The path of the program; skips the test where it is not installed."""
    # Where Debian has programs for root.
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*command, **kwargs):
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=120,
        **kwargs,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def unit(tmp_path):
    """The unit as it is on this machine, where the code is in another folder."""
    text = (DEPLOY / "newsroom.service").read_text()
    text = text.replace("/opt/newsroom/.venv/bin/python", sys.executable)
    unit = tmp_path / "newsroom.service"
    unit.write_text(text.replace("/opt/newsroom", str(ROOT)))
    return unit


def test_systemd_understands_the_unit(unit):
    code, said = run(program("systemd-analyze"), "verify", unit)
    ours = [line for line in said.splitlines() if "newsroom.service" in line]
    assert (code, ours) == (0, [])


def test_the_service_sees_little_of_the_machine(unit):
    analyze = program("systemd-analyze")
    # Exposure from 0.0 to 10.0; the threshold is in tenths.
    code, said = run(analyze, "security", "--offline=true", "--threshold=20", unit)
    assert code == 0, said


def test_nginx_takes_its_configuration(tmp_path):
    nginx = program("nginx")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    code, said = run(
        *[program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes"],
        *["-subj", "/CN=news.example.org", "-keyout", key, "-out", certificate],
    )
    assert code == 0, said
    text = (DEPLOY / "nginx.conf").read_text()
    folder = "/etc/letsencrypt/live/news.example.org"
    text = text.replace(f"{folder}/fullchain.pem", str(certificate))
    (tmp_path / "site.conf").write_text(text.replace(f"{folder}/privkey.pem", str(key)))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; events {{}}\n"
        f"http {{ access_log off; include {tmp_path}/site.conf; }}\n"
    )
    code, said = run(nginx, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf")
    assert code == 0, said
    assert "[emerg]" not in said


def test_caddy_takes_its_configuration(tmp_path):
    command = ["validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"]
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    code, said = run(program("caddy"), *command, env=environment)
    assert code == 0, said


def test_the_dockerfile_has_no_known_fault():
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("hadolint has no wheel for this machine")
    assert run(hadolint, DEPLOY / "Dockerfile") == (0, "")


def instructions():
    """The instructions of the Dockerfile with their arguments, lines joined."""
    text = (DEPLOY / "Dockerfile").read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [line.split(None, 1) for line in text.splitlines() if line.strip()]


def test_the_image_holds_everything_that_the_site_needs(tmp_path):
    image = tmp_path / "image"
    image.mkdir()
    for name, arguments in instructions():
        if name != "COPY" or arguments.startswith("--from"):
            continue
        *sources, target = shlex.split(arguments)
        for source in sources:
            place = image / (Path(source).name if target == "./" else target)
            if (ROOT / source).is_dir():
                shutil.copytree(
                    ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy(ROOT / source, place)
    environment = Site(tmp_path / "var").environment
    for command in ["check", "makemigrations --check --dry-run"]:
        manage = [sys.executable, "manage.py", *command.split()]
        code, said = run(*manage, cwd=image, env=environment)
        assert code == 0, said


def test_what_the_image_copies_is_not_ignored():
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    copied = {
        source
        for name, arguments in instructions()
        if name == "COPY" and not arguments.startswith("--from")
        for source in shlex.split(arguments)[:-1]
    }
    assert copied == {line[1:] for line in kept if line.startswith("!")}


def test_the_image_runs_as_nobody_of_importance():
    last = [arguments for name, arguments in instructions() if name == "USER"][-1]
    assert last.isdecimal()
    assert int(last) > 0


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_the_settings_of_the_containers_are_settings_of_the_site(compose):
    example = (ROOT / ".env.example").read_text()
    known = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    for name in ["prepare", "newsroom"]:
        assert set(compose["services"][name]["environment"]) <= known


def test_the_proxy_of_the_containers_is_trusted(compose):
    [network] = compose["networks"]["default"]["ipam"]["config"]
    environment = compose["services"]["newsroom"]["environment"]
    assert environment["TRUSTED_PROXIES"] == network["subnet"]
    asked_for = re.findall(r"\{\$(\w+)", (DEPLOY / "Caddyfile").read_text())
    assert set(asked_for) == set(compose["services"]["caddy"]["environment"])


def test_containers_fit_together(compose):
    services, volumes = compose["services"], set(compose["volumes"])
    for service in services.values():
        assert set(service.get("depends_on", [])) <= set(services)
        for mount in service.get("volumes", []):
            source = mount.partition(":")[0]
            assert source in volumes or (DEPLOY / source).is_file()
        # A container of tomorrow is not another version by chance.
        assert "build" in service or re.search(r":\d", service["image"])
    for name in ["postgresql", "redis"]:
        assert "ports" not in services[name]
    context = DEPLOY / services["newsroom"]["build"]["context"]
    assert (context / services["newsroom"]["build"]["dockerfile"]).is_file()


def test_the_files_are_named_where_an_operator_reads():
    text = (ROOT / "docs" / "operating.md").read_text()
    linked = set(re.findall(r"\(deploy/([\w.]+)\)", text))
    shown = {path.name for path in DEPLOY.iterdir()} - {"Dockerfile.dockerignore"}
    assert linked == shown
