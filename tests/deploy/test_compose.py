"""docker-compose.yml and what it is built from, read: every service is checked, waited for, bounded and pinned."""

import dataclasses
import os
import re
import shutil
import subprocess

import pytest

from tests.deploy.compose import FILE, ROOT, VARIABLE, is_ours, parse
from tests.support.region import make_settings
from worker.app import pinned

PASSWORDS = {name: f"{name.lower()}-3Kq9" for name in re.findall(r"\$\{(\w+):\?\}", FILE.read_text("utf-8"))}
# They run once and end; nobody waits for them to be healthy.
ONE_OFF = {"migrate", "backup"}


@pytest.fixture
def compose():
    return parse(FILE.read_text(encoding="utf-8"), PASSWORDS)


def faults_of(compose):
    """What a careful reader would complain about."""
    for name, service in compose["services"].items():
        if name in ONE_OFF:
            if service.get("restart") != "no":
                yield f"{name}: runs again and again"
        elif "healthcheck" not in service:
            yield f"{name}: nobody looks whether it is well"
        for other, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONE_OFF else "service_healthy"
            if how["condition"] != wanted:
                yield f"{name}: does not wait until {other} is of use"
        if not is_ours(service) and not re.search(r":v?\d+\.\d+", service["image"]):
            yield f"{name}: {service['image']} is not pinned"
        if not service.get("read_only") or "no-new-privileges:true" not in service.get("security_opt", []):
            yield f"{name}: may write or gain rights"
        if not service.get("mem_limit") or not service.get("pids_limit") or "logging" not in service:
            yield f"{name}: takes as much as there is"
        for port in service.get("ports", []):
            if not port.startswith("127.0.0.1:"):
                yield f"{name}: {port} is open to everybody"


def test_every_service_is_checked_waited_for_bounded_and_pinned(compose):
    assert list(faults_of(compose)) == []


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("worker", lambda service: service.pop("healthcheck")),
        ("gateway", lambda service: service["depends_on"]["events"].update(condition="service_started")),
        ("postgres", lambda service: service.update(image="postgres:latest")),
        ("redis", lambda service: service.pop("mem_limit")),
        ("events", lambda service: service.update(read_only=False)),
        ("gateway", lambda service: service.update(ports=["8000:8080"])),
        ("migrate", lambda service: service.update(restart="always")),
    ],
)
def test_each_fault_would_be_noticed(compose, name, spoil):
    spoil(compose["services"][name])
    assert [fault.split(":")[0] for fault in faults_of(compose)] == [name]


def test_file_holds_no_secret_and_refuses_to_start_without_one(compose):
    text = FILE.read_text(encoding="utf-8")
    for name in PASSWORDS:
        with pytest.raises(KeyError, match=name):
            parse(text, {**PASSWORDS, name: ""})
    bare = VARIABLE.sub("", text)
    assert not re.search(r"(PASSWORD|SECRET|KEY)\w*: *[\"']?[A-Za-z0-9]{6}", bare)
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / "deploy/compose.env.example").read_text("utf-8"), re.MULTILINE))
    assert named == {match[1] for match in VARIABLE.finditer(text)}


def test_signing_key_reaches_the_register_alone(compose):
    ours = {name: service for name, service in compose["services"].items() if is_ours(service)}
    blanked = {name for name, service in ours.items() if service["environment"].get("REGISTRY_SIGNING_KEY") == ""}
    assert blanked == set(ours) - {"registry"}
    assert all(service["env_file"] == ".env" for service in ours.values())


def test_databases_and_queue_are_reached_from_inside_only(compose):
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "registry", "events", "migrate"):
        assert compose["services"][name]["networks"] == ["inside"]
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"gateway", "mail"}
    assert {n for n, s in compose["services"].items() if s.get("profiles")} == {"mail", "backup"}


def test_services_get_longer_to_end_than_they_take(compose):
    soft = pinned(dataclasses.replace(make_settings(), env="production"))["worker_soft_shutdown_timeout"]
    for service in compose["services"].values():
        if is_ours(service):
            assert seconds(service["stop_grace_period"]) > soft
            [graceful] = re.findall(r"--graceful-timeout (\d+)", service["environment"]["GUNICORN_CMD_ARGS"])
            assert seconds(service["stop_grace_period"]) > int(graceful)


def seconds(text):
    return int(text.removesuffix("s"))


def test_queue_keeps_what_it_is_given(compose):
    command = " ".join(compose["services"]["redis"]["command"])
    for part in ("--appendonly yes", "--maxmemory-policy noeviction", "--requirepass"):
        assert part in command


def test_gateway_keeps_connections_shorter_than_the_services_do(compose):
    gateway = (ROOT / "deploy/gateway.conf").read_text(encoding="utf-8")
    [kept] = re.findall(r"--keep-alive (\d+)", compose["services"]["events"]["environment"]["GUNICORN_CMD_ARGS"])
    ends = re.findall(r"^ {4}keepalive_timeout (\d+)s;", gateway, re.MULTILINE)
    assert len(ends) == 2
    assert all(int(end) < int(kept) for end in ends)


def test_image_is_pinned_checks_hashes_and_runs_as_nobody_of_note():
    lines = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^FROM python:3\.\d+\.\d+-slim-\w+$", lines, re.MULTILINE)
    assert "--require-hashes --only-binary :all:" in lines
    assert re.search(r"^USER 10001$", lines, re.MULTILINE)
    assert lines.index("COPY requirements/run.txt") < lines.index("pip install") < lines.index("COPY . .")
    assert "build-essential" not in lines
    major = re.search(r"image: postgres:(\d+)", FILE.read_text(encoding="utf-8"))
    assert major and f"postgresql-client-{major[1]}" in lines


def test_image_takes_the_packages_and_no_secret():
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {rule[1:] for rule in rules if rule.startswith("!")}
    assert rules[1] == "*"
    assert "deploy/compose.env" in rules and ".env" not in taken
    for name in ("services", "registry_service", "events_service", "worker", "demo", "deploy", "wsgi.py"):
        assert name in taken


# Compose is no part of every machine that tests: this one check says so by its name.
if (
    shutil.which("docker")
    and subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
):

    def test_compose_itself_reads_the_file(tmp_path):
        (tmp_path / "env").write_text("".join(f"{name}={value}\n" for name, value in PASSWORDS.items()))
        command = ["docker", "compose", "--env-file", str(tmp_path / "env"), "-f", str(FILE), "config", "-q"]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ)
        missing = "env file" in result.stderr and ".env" in result.stderr
        assert result.returncode == 0 or missing, result.stderr
else:

    def test_compose_is_not_installed_here_so_the_file_was_read_by_these_tests_only():
        assert FILE.exists()
