"""The suite as one watches it: one form of lines in all processes, no secret in them, one name from browser to mail.

On SQLite the letters are sent by Celery, on PostgreSQL by the loop.
"""

import json
import re
import sys
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from pathlib import Path

import httpx
import pytest

from tests.registry_service.people.scene import TEACHER
from tests.support import valkey
from tests.support.processes import free_port, spawn, wait_for_http, wait_until
from tests.support.region import environ_of
from tests.worker.test_processes import LOOP

CELERY = [sys.executable, "-m", "celery", "-q", "-A", "worker.app", "worker", "-P", "solo", "-l", "warning"]
pytestmark = [pytest.mark.slow, pytest.mark.one_engine("postgres")]
PASSWORD = "canary төрт түлік"
CANARIES = ("canary", "teacher0003", "@example", "eyJ", "csrf_token", "Cookie")
LEAD = "lead-4711"


class Run:
    """A web server of two processes and a worker, with JSON lines and figures; and a person before them."""

    def __init__(self, stack, settings, engine, folder):
        self.mails = Path(settings.mail_url.removeprefix("file:"))
        self.ports = {name: free_port() for name in ("web", "figures", "worker")}
        redis_url = stack.enter_context(valkey.start(folder / "valkey")).url if engine == "sqlite" else ""
        env = {**environ_of(settings), "LOG_FORMAT": "json", "REDIS_URL": redis_url}
        web = [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "deploy/gunicorn.conf.py",
            "-b",
            f"127.0.0.1:{self.ports['web']}",
        ]
        web += ["--threads", "4", "--log-level", "info", "wsgi:single"]
        self.logs = {name: folder / f"{name}.log" for name in ("web", "worker")}
        commands = {"web": (web, "figures"), "worker": (CELERY if redis_url else LOOP, "worker")}
        for name, (command, port) in commands.items():
            given = {**env, "METRICS_PORT": str(self.ports[port])}
            stack.enter_context(spawn(command, env=given, log_path=self.logs[name]))
        self.url = f"http://127.0.0.1:{self.ports['web']}"
        wait_for_http(f"{self.url}/health/live")
        self.http = stack.enter_context(httpx.Client(base_url=self.url, trust_env=False, verify=False, timeout=30))

    def post(self, path, headers=None, page=None, **fields):
        html = self.http.get(page or path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', html).group(1)
        return self.http.post(path, data={"csrf_token": token, **fields}, headers=headers)

    def letter(self, count=1):
        wait_until(lambda: len(list(self.mails.glob("*.eml"))) >= count)
        newest = max(self.mails.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return message_from_bytes(newest.read_bytes())

    def figures(self, port):
        return httpx.get(f"http://127.0.0.1:{self.ports[port]}/metrics", trust_env=False, verify=False, timeout=30).text


@contextmanager
def running(settings, engine, folder):
    with ExitStack() as stack:
        yield Run(stack, settings, engine, folder)


def live_through(run):
    """A link asked for, spent, a password set and mistyped, a feed read, and much that is refused."""
    assert run.post("/registry/sign-in", {"X-Request-Id": LEAD}, email=TEACHER).status_code == 303
    mail = run.letter()
    assert mail["X-Request-Id"] == LEAD
    text = mail.get_payload(0).get_payload(decode=True).decode()
    path = re.search(r"(/registry/sign-in/\S+)", text).group(1)
    assert run.post(path).status_code == 303
    assert run.post("/registry/my/password", password=PASSWORD).status_code == 303
    feed = re.search(r"/calendars/my/[\w-]+\.ics", run.http.get("/calendars").text).group()
    assert run.http.get(feed).status_code == 200
    for address in (
        path + "/x",
        feed.upper(),
        feed + "?q=canary",
        "/?q=canary",
        "/registry/people",
        "/canary@example.invalid",
    ):
        run.http.get(address)
    run.http.get("/registry/api/v1/people", headers={"Authorization": "Bearer canary", "Cookie": "x=canary"})
    run.http.post(
        "/registry/api/v1/people", json={"name": "canary", "email": "canary"}, headers={"User-Agent": "canary"}
    )
    page = "/registry/sign-in"
    tries = [run.post(page, email=TEACHER, password="canary").status_code for _ in range(6)]
    assert tries == [422] * 5 + ([429] if run.logs else [])
    return path.rpartition("/")[2], feed


SENT = 'qonyrau_outbox_rows{service="registry",status="sent"} 2.0'


def test_lines_and_figures_of_a_whole_run(suite_settings, engine, tmp_path):
    with running(suite_settings, engine, tmp_path) as run:
        secrets = live_through(run)
        run.letter(2)
        wait_until(lambda: SENT in run.figures("worker"))  # a letter is given away before its row says so
        web, worker = run.figures("figures"), run.figures("worker")
        assert run.http.get("/metrics").status_code == 404
    texts = {name: path.read_text(encoding="utf-8") for name, path in run.logs.items()}
    lines = {name: list(map(json.loads, filter(is_line, text.splitlines()))) for name, text in texts.items()}
    for name, text in texts.items():
        for secret in (*CANARIES, *secrets, PASSWORD):
            assert secret not in text, name
    check_lines(lines)
    check_figures(web, worker, engine)


def is_line(text):
    """Celery takes its leave by printing, below all logging."""
    return text.strip() and not text.startswith("worker: ")


def check_lines(lines):
    for line in (*lines["web"], *lines["worker"]):
        assert {"time", "level", "logger", "event"} <= set(line), line
    asked = [line for line in lines["web"] if line["logger"] == "qonyrau.request"]
    for line in asked:
        assert {"request_id", "method", "path", "status", "duration", "person"} <= set(line), line
    assert [(line["method"], line["path"], line["status"]) for line in asked if line["request_id"] == LEAD] == [
        ("POST", "/registry/sign-in", 303)
    ]
    assert [line["event"] for line in lines["worker"] if line.get("request_id") == LEAD] == [
        "notification 1 sent: sign_in_link"
    ]
    told = {(line["logger"], line["event"]) for line in lines["web"]}
    for event in ("signed in by link", "sign-in by password refused"):
        assert ("qonyrau.sign_in", event) in told
    denied = [line for line in asked if line["event"] == "denied"]
    assert {(line["path"], line["status"], bool(line["person"])) for line in denied} >= {
        ("/registry/people", 403, True)
    }
    assert any(line["logger"].startswith("gunicorn") for line in lines["web"])


def check_figures(web, worker, engine):
    sign_in = 'method="POST",route="/registry/sign-in",service="registry"'
    assert f'qonyrau_requests_total{{{sign_in},status="303"}} 1.0' in web
    assert f'qonyrau_requests_total{{{sign_in},status="429"}} 1.0' in web
    assert f'qonyrau_request_seconds_bucket{{le="10.0",{sign_in}}} 7.0' in web
    assert 'qonyrau_limited_total{kind="password"} 1.0' in web
    assert 'qonyrau_database_connections{service="registry"}' in web
    assert 'qonyrau_outbox_oldest_due_seconds{service="events"} 0.0' in worker
    assert re.search(r"^qonyrau_directory_lag_changes \d", worker, re.MULTILINE)
    assert 'qonyrau_job_success_timestamp_seconds{job="pull_directory"}' in worker or engine == "sqlite"
