"""The suite's real processes on the databases of one test, the people who use it, and what they are told.

FAULTS_FULL=1 makes the runs as long as what they show needs; the variables named in the tests' docstrings
set each length by itself.
"""

import dataclasses
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import NullPool, create_engine, text

from services import identity
from services.database import utcnow
from services.settings import Settings
from tests.support.processes import PATIENCE, Process, free_port, spawn, wait_for_http, wait_until
from tests.support.region import environ_of

UNGUARDED = "tests.support.unguarded"
GUNICORN = ("-k", "gthread", "-w", "2", "--threads", "8", "--preload", "--no-control-socket", "--log-level", "warning")
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
FULL = bool(os.environ.get("FAULTS_FULL"))


def scaled(name: str, normal: int, full: int) -> int:
    """How many: in the normal run, with FAULTS_FULL, or as the variable `name` says."""
    return int(os.environ.get(name, full if FULL else normal))


@dataclasses.dataclass(frozen=True)
class Told:
    """What one caller was told: the reply, or None when the connection ended without one."""

    reply: httpx.Response | None
    seconds: float
    begin: float

    @property
    def status(self) -> int:
        return self.reply.status_code if self.reply is not None else 0

    @property
    def acknowledged(self) -> bool:
        return 200 <= self.status < 400


class House:
    """Starts processes, each with the settings of the test and what is changed for it."""

    def __init__(self, settings: Settings, folder: Path, **changed: str) -> None:
        self.settings = dataclasses.replace(settings, env="test")
        self.folder, self.changed, self.url = folder, changed, ""
        self.started: list[Process] = []
        self.http = httpx.Client(
            verify=False, trust_env=False, timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self.rows = create_engine(settings.events_database_url, poolclass=NullPool)
        self.organiser = self.token("0" * 16, "Organiser", ["organiser:UMC"])

    def run(self, name: str, command: Sequence[str], **changed: str) -> Process:
        environ = {**environ_of(self.settings), **self.changed, **changed}
        log = self.folder / f"{name}-{len(self.started)}.log"
        self.started.append(spawn(command, env=environ, log_path=log))
        return self.started[-1]

    def web(self, what: str = "single", **changed: str) -> Process:
        """Two processes behind one port; the house's calls go there from now on."""
        port, prefix = free_port(), "/registry" if what == "registry" else ""
        command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", *GUNICORN, f"{UNGUARDED}:{what}"]
        process = self.run(what, command, **changed)
        self.url = f"http://127.0.0.1:{port}"
        wait_for_http(f"{self.url}{prefix}/health/live")
        return process

    def loop(self, **changed: str) -> Process:
        return self.run("loop", [sys.executable, "-m", UNGUARDED, "drain", "--loop"], **changed)

    def celery(self, *options: str, **changed: str) -> Process:
        command = [sys.executable, "-m", "celery", "-q", "-A", f"{UNGUARDED}:app", "worker", "-l", "warning", *ALONE]
        return self.run("celery", [*command, *options], **changed)

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.started):
            if process.watchdog.poll() is None:
                process.kill()
        self.http.close()

    # People and what they do.

    def token(self, person_id: str, name: str, roles: list[str]) -> str:
        claims = {"sub": person_id, "name": name, "roles": roles, "sid": f"s{person_id}", "lang": "kk"}
        return identity.issue(self.settings, claims)[0]

    def people(self, count: int) -> list["Person"]:
        found = self.select("SELECT id, name, email FROM person WHERE email LIKE 'teacher%' ORDER BY email LIMIT 2000")
        return [Person(row.id, row.email, self.token(row.id, row.name, [])) for row in found[:count]]

    def call(self, method: str, path: str, token: str = "", body: Any = None, **headers: str) -> httpx.Response:
        sent = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.http.request(method, self.url + path, json=body, headers=sent)

    def tell(self, method: str, path: str, token: str = "", body: Any = None, **headers: str) -> Told:
        """As `call`, also when nobody answers."""
        begin = time.monotonic()
        try:
            reply = self.call(method, path, token, body, **headers)
        except httpx.TransportError:
            reply = None
        return Told(reply, time.monotonic() - begin, begin)

    def register(self, event_id: str, person: "Person") -> Told:
        return self.tell("POST", f"/api/v1/events/{event_id}/registrations", person.token, {})

    def until_told(self, event_id: str, person: "Person", tries: int = 30) -> Told:
        """As a person who presses again when nothing came back."""
        for _ in range(tries):
            told = self.register(event_id, person)
            if told.acknowledged:
                return told
            time.sleep(0.2)
        raise AssertionError(f"not acknowledged in {tries} tries: {told.status}")

    def event(self, capacity: int | None = 500) -> str:
        start = utcnow() + timedelta(days=20)
        times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
        body = {"kind": "seminar", "title": {"kk": "Жарыс"}, "capacity": capacity, **times}
        made = self.call("POST", "/api/v1/events", self.organiser, body).json()
        assert self.call("POST", f"/api/v1/events/{made['id']}/publish", self.organiser).status_code == 200
        return str(made["id"])

    # What is there afterwards.

    def select(self, sql: str, **values: Any) -> Sequence[Any]:
        with self.rows.connect() as connection:
            return connection.execute(text(sql), values).all()

    def traces(self, event_id: str) -> dict[str, tuple[int, int]]:
        """Of each person of an event: how many registrations, and how many messages."""
        found = self.select(
            "SELECT r.person_id AS who, count(DISTINCT r.id) AS rows, count(n.id) AS messages FROM registration r "
            "LEFT JOIN notification n ON n.subject_ref = r.public_id WHERE r.event_id = :id GROUP BY r.person_id",
            id=event_id,
        )
        return {row.who: (row.rows, row.messages) for row in found}

    def statuses(self, event_id: str) -> list[str]:
        found = self.select("SELECT status FROM notification WHERE topic = :id ORDER BY id", id=event_id)
        return [row.status for row in found]

    def until_settled(self, event_id: str, seconds: float = PATIENCE) -> None:
        """All messages of the event sent; AssertionError when that takes longer."""
        try:
            wait_until(lambda: set(self.statuses(event_id)) == {"sent"}, seconds, 0.2)
        except TimeoutError:
            raise AssertionError(f"after {seconds} s: {sorted(set(self.statuses(event_id)))}") from None


@dataclasses.dataclass(frozen=True)
class Person:
    id: str
    email: str
    token: str


def at_rate(
    per_second: float, jobs: Iterable[Callable[[], Told]], go_on: Callable[[], bool] = lambda: True
) -> list[Told]:
    """Begin a job every so often, whether or not those before have ended, while `go_on` says so."""
    begin, futures = time.monotonic(), []
    with ThreadPoolExecutor(32) as pool:
        for number, job in enumerate(jobs):
            time.sleep(max(0.0, begin + number / per_second - time.monotonic()))
            if not go_on():
                break
            futures.append(pool.submit(job))
        return [future.result() for future in futures]
