"""`python -m demo` as people run it: it comes up, it is stopped, and nothing of it stays."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time

import httpx
import psutil
import pytest

from demo import environment
from tests.support.processes import PATIENCE, ROOT, free_port, wait_for_http, wait_until

SECRETS = ("SECRET_KEY", "SERVICE_KEYS", "REGISTRY_SIGNING_KEY")
MAKEFILE = f".PHONY: run\nrun:\n\t@cd {ROOT} && exec {sys.executable} -m demo\n"


class Started:
    """The whole suite on a free port with databases of its own."""

    def __init__(self, command, folder):
        self.port = free_port()
        self.log = folder / "log"
        environ = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "QONYRAU_ENV"}}
        environ |= {f"{s}_DATABASE_URL": f"sqlite:///{folder}/{s.lower()}.db" for s in ("REGISTRY", "EVENTS")}
        environ |= {
            "QONYRAU_PORT": str(self.port),
            "MAIL_URL": f"file:{folder}/mail",
            "FILES_URL": f"file:{folder}/files",
        }
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True
            )
        self.url = f"http://127.0.0.1:{self.port}"

    def wait(self):
        wait_for_http(f"{self.url}/health/ready")
        wait_until(lambda: len(self.family()) > 8)
        return self

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, how, whom="one"):
        """Signal it and wait; answers the command lines of what is still there."""
        family = self.family()
        if whom == "group":
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        self.process.wait(PATIENCE)
        _gone, alive = psutil.wait_procs(family, 15)
        return [process.cmdline() for process in alive]

    def end(self):
        """Whatever a failing test has left."""
        family = self.family() if self.process.poll() is None else []
        for process in [*family, self.process]:
            process.kill()


@pytest.fixture
def loaded(tmp_path, templates):
    """The region is there already: loading it is most of a start, and `test_suite_comes_up` does that."""
    templates("sqlite").fill("", tmp_path)


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(command):
        started.append(Started(command, tmp_path))
        return started[-1]

    yield begin
    for one in started:
        one.end()


PYTHON = [sys.executable, "-m", "demo"]


@pytest.mark.slow
def test_suite_comes_up_works_and_comes_up_again(start):
    suite = start(PYTHON).wait()
    assert httpx.get(f"{suite.url}/registry/territories?as_of=2021-05-01").status_code == 200
    who = httpx.post(f"{suite.url}/registry/api/v1/demo/session", json={"role": "teacher", "number": 7}).json()
    events = httpx.get(f"{suite.url}/api/v1/events?limit=100", params={"since": "2026-01-01"}).json()["items"]
    free = next(e for e in events if e["capacity"] and e["status"] == "published" and not e["waiting"])
    bearer = {"Authorization": f"Bearer {who['token']}"}
    made = httpx.post(f"{suite.url}/api/v1/events/{free['id']}/registrations", json={}, headers=bearer)
    assert made.status_code == 201, made.text
    mails = suite.log.parent / "mail"
    wait_until(lambda: any("teacher0007" in path.read_text() for path in mails.glob("*.eml")))
    printed = suite.log.read_text()
    assert f"{suite.url}/registry/territories?as_of=2021-05-01" in printed and "organiser0@example.invalid" in printed
    assert suite.stop(signal.SIGINT) == []
    again = start(PYTHON).wait()
    assert "The region is there already." in again.log.read_text()
    assert again.stop(signal.SIGTERM) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "whom"),
    [
        pytest.param(signal.SIGINT, "group", id="ctrl-c"),
        pytest.param(signal.SIGINT, "one", id="interrupt-make", marks=pytest.mark.thorough),
        pytest.param(signal.SIGTERM, "one", id="terminate-make", marks=pytest.mark.thorough),
        pytest.param(signal.SIGKILL, "one", id="kill-make"),
    ],
)
def test_nothing_stays_when_make_is_stopped(start, loaded, tmp_path, how, whom):
    (tmp_path / "Makefile").write_text(MAKEFILE)
    suite = start(["make", "-f", str(tmp_path / "Makefile"), "run"]).wait()
    assert "The region is there already." in suite.log.read_text()
    assert suite.stop(how, whom) == []


@pytest.mark.slow
def test_nothing_stays_when_the_parent_of_all_is_killed(start, loaded):
    assert start(PYTHON).wait().stop(signal.SIGKILL) == []


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.3, 2.0, 4.0])
def test_nothing_stays_when_it_is_stopped_while_starting(start, after):
    suite = start(PYTHON)
    time.sleep(after)
    assert suite.stop(signal.SIGTERM) == []


def test_port_that_is_taken_is_named_with_what_to_do(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(environment.NotPossible, match=f"Port {port} is taken.*QONYRAU_PORT"):
            environment.port_of({"QONYRAU_PORT": port})


@pytest.mark.parametrize("port", ["", "0", "70000", "http", "-1", "٨٠٠٠"])
def test_port_that_is_none_is_refused(port):
    with pytest.raises(environment.NotPossible, match="QONYRAU_PORT"):
        environment.port_of({"QONYRAU_PORT": port})


def test_secrets_are_made_once_for_their_owner_only(tmp_path):
    first, second = {}, {}
    environment.prepare(first, tmp_path)
    environment.prepare(second, tmp_path)
    assert {name: first[name] for name in SECRETS} == {name: second[name] for name in SECRETS}
    assert stat.S_IMODE((tmp_path / "demo-secrets.json").stat().st_mode) == 0o600
    other = {}
    environment.prepare(other, tmp_path / "other")
    assert not {first[name] for name in SECRETS} & {other[name] for name in SECRETS}


def test_variables_that_are_set_stay(tmp_path):
    given = {"PUBLIC_URL": "http://localhost:9000", "SECRET_KEY": "mine" * 10, "MAIL_URL": "smtp://127.0.0.1:2525"}
    environ = dict(given)
    environment.prepare(environ, tmp_path)
    assert {name: environ[name] for name in given} == given
    assert environ["QONYRAU_ENV"] == "demo"


def test_production_is_not_run_as_a_demonstration(tmp_path):
    with pytest.raises(environment.NotPossible, match="QONYRAU_ENV is production"):
        environment.prepare({"QONYRAU_ENV": "production"}, tmp_path)


@pytest.mark.parametrize("given", ["", "redis://127.0.0.1:6380/1"])
def test_broker_that_is_set_is_used_even_when_it_is_none(given):
    environ = {"REDIS_URL": given}
    environment.choose_broker(environ)
    assert environ == {"REDIS_URL": given}


def test_broker_that_is_not_set_is_the_embedded_one_on_a_free_port(monkeypatch):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(environment, "VALKEY_PORT", taken.getsockname()[1])
        environ = {}
        environment.choose_broker(environ)
        assert environ["REDIS_URL"] == f"redis://127.0.0.1:{environ['VALKEY_PORT']}/0"
        assert int(environ["VALKEY_PORT"]) != taken.getsockname()[1]


def test_without_a_server_to_embed_there_is_no_broker(monkeypatch):
    monkeypatch.setattr(environment.valkey, "binary", lambda: None)
    environ = {}
    environment.choose_broker(environ)
    assert environ == {"REDIS_URL": ""}
