"""Where it is measured: the demonstration region on one engine, and servers of the production form on it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from flask import Flask
from sqlalchemy import Engine, create_engine, insert, select, text

import events_service
import registry_service
from bench import load
from events_service.events.models import PUBLISHED, Event
from services import identity
from services import settings as kit
from services.database import new_id, utcnow
from tests.support import postgres
from tests.support.processes import ROOT, Process, free_port, spawn, wait_for_http, wait_until

# A server that keeps its word: a commit is on the disk before it is answered.
DURABLE = {
    **postgres.OPTIONS,
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "128MB",
}
GUNICORN = ("-c", "deploy/gunicorn.conf.py")
FEED_KIND, FEED_EVENTS = "online_consultation", 200
PEOPLE = 1000
SECRET = "of-the-bench-" * 4  # noqa: S105 - of a database that lives for a minute


@dataclass
class Stage:
    """One engine with the region in it. `people` are teachers with their tokens."""

    engine: str
    folder: Path
    environ: dict[str, str]
    rows: Engine
    exit: ExitStack
    people: list[tuple[str, str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    organiser: str = ""
    _apps: dict[str, Flask] = field(default_factory=dict)
    _servers: dict[str, "Server"] = field(default_factory=dict)

    @property
    def settings(self) -> kit.Settings:
        return self.settings_with()

    def settings_with(self, **changed: str) -> kit.Settings:
        """The settings of the stage with some changed."""
        return kit.load({**self.environ, **changed})

    @property
    def url(self) -> str:
        return self.environ["EVENTS_DATABASE_URL"]

    def fill(self, people: int = PEOPLE, feed_events: int = FEED_EVENTS) -> None:
        """Tokens for people of the region, and the events of the feed."""
        _add_people(self, people)
        _add_feed(self, feed_events)

    def apps(self) -> dict[str, Flask]:
        """Both services inside this process, made once."""
        if not self._apps:
            made = {"registry": registry_service.create_app(self.settings)}
            self._apps = {**made, "events": events_service.create_app(self.settings)}
        return self._apps

    def serve(self, name: str) -> "Server":
        """A WSGI callable under gunicorn as in deploy/Procfile, started once; it ends with the stage."""
        if name not in self._servers:
            self._servers[name] = self._start(name)
        return self._servers[name]

    def _start(self, name: str) -> "Server":
        port, environ = free_port(), {"BENCH_URL": self.url, "BENCH_BYTES": str(self.folder)}
        command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", *GUNICORN, name]
        log = self.folder / f"{name}.log"
        process = self.exit.enter_context(spawn(command, {**self.environ, **environ}, ROOT, log))
        wait_for_http(f"http://127.0.0.1:{port}/")
        return Server(port, process)

    def token_of(self, email: str) -> str:
        """A session of somebody of the region by her address."""
        with self.rows.connect() as connection:
            statement = text("SELECT id, name, school_id FROM person WHERE email = :email")
            person = connection.execute(statement, {"email": email}).one()
        return _token(self.settings, person.id, person.name, [], person.school_id)

    def new_event(self, port: int, capacity: int = 100_000) -> str:
        """A published event far ahead, made as an organiser makes it; its id."""
        start = utcnow() + timedelta(days=500)
        times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
        body = {"kind": "seminar", "title": {"kk": "Өлшеу"}, "capacity": capacity, **times}
        bearer = {"Authorization": f"Bearer {self.organiser}"}
        made = json.loads(one(port, load.with_json("/api/v1/events", body, **bearer), 201).body)
        one(port, load.with_json(f"/api/v1/events/{made['id']}/publish", {}, **bearer), 200)
        return str(made["id"])

    def copy_event(self, slug: str, start: datetime | None = None, **changed: Any) -> str:
        """A copy of an event of the region, with places for everybody; its id."""
        start = start or utcnow() + timedelta(days=500)
        own = {"id": new_id(), "slug": slug, "uid": f"{new_id()}@bench", "capacity": 100_000}
        times = {"starts_at": start, "ends_at": start + timedelta(hours=2), "date_precision": "day"}
        with self.rows.begin() as connection:
            found = select(Event.__table__).where(Event.status == PUBLISHED, Event.seats_taken == 0).limit(1)
            pattern = dict(connection.execute(found).mappings().one())
            connection.execute(insert(Event).values({**pattern, **own, **times, **changed}))
        return str(own["id"])

    def count(self, table: str, column: str, value: str) -> int:
        """How many rows of a table hold a value."""
        with self.rows.connect() as connection:
            statement = text(f"SELECT count(*) FROM {table} WHERE {column} = :value")  # noqa: S608 - our own names
            return int(connection.execute(statement, {"value": value}).scalar_one())

    def count_seats(self, event_id: str) -> int:
        """How many seats of an event are taken."""
        with self.rows.connect() as connection:
            statement = text("SELECT seats_taken FROM event WHERE id = :id")
            return int(connection.execute(statement, {"id": event_id}).scalar_one())


@dataclass
class Server:
    """A gunicorn and what it has used so far."""

    port: int
    process: Process

    def cpu(self) -> float:
        """Seconds of processor its master and workers have used."""
        return cpu_of(self.process.child)


def cpu_of(process: psutil.Process) -> float:
    """User and system seconds of a process and its living children."""
    family = [process, *process.children(recursive=True)]
    return sum(sum(member.cpu_times()[:2]) for member in family)


def one(port: int, request: load.Request, status: int = 200) -> load.Answer:
    """One request that must be answered with this status."""
    answer = load.send(port, [request], 1).answers[0]
    if answer.status != status:
        raise RuntimeError(f"{request.method} {request.path}: {answer.status} {answer.body[:300]!r}")
    return answer


@contextmanager
def stage(engine: str) -> Iterator[Stage]:
    """The region loaded on one engine; everything of it is gone afterwards."""
    with TemporaryDirectory(prefix="qonyrau-bench-") as name, ExitStack() as exit:
        environ = _environ(engine, Path(name), exit)
        subprocess.run([sys.executable, "-m", "demo", "load"], cwd=ROOT, env=environ, check=True, stdout=-3)
        made = Stage(engine, Path(name), environ, create_engine(environ["EVENTS_DATABASE_URL"]), exit)
        exit.callback(made.rows.dispose)
        made.fill()
        yield made


def _environ(engine: str, folder: Path, exit: ExitStack) -> dict[str, str]:
    urls = {name: f"sqlite:///{folder}/{name}.db" for name in ("registry", "events")}
    if engine == "postgres":
        server = postgres.start(DURABLE)
        exit.callback(server.stop)
        for name in urls:
            server.create(f"bench_{name}")
            exit.callback(server.drop, f"bench_{name}")
        urls = {name: server.url(f"bench_{name}") for name in urls}
    return {
        **os.environ,
        **{f"{name.upper()}_DATABASE_URL": url for name, url in urls.items()},
        "QONYRAU_ENV": "demo",
        "SECRET_KEY": SECRET,
        "SERVICE_KEYS": SECRET,
        "REGISTRY_SIGNING_KEY": _signing_key(),
        "MAIL_URL": f"file:{folder}/mail",
        "FILES_URL": f"file:{folder}/files",
        "REDIS_URL": _broker(folder, exit),
        "PUBLIC_URL": "http://127.0.0.1:8000",
    }


def _signing_key() -> str:
    from joserfc.jwk import ECKey  # noqa: PLC0415

    return json.dumps(ECKey.generate_key("P-256", parameters={"kid": "bench"}).as_dict(private=True))


def _broker(folder: Path, exit: ExitStack) -> str:
    """The doorbell's server, as in production; without one nobody rings."""
    from demo import valkey  # noqa: PLC0415

    binary, port = valkey.binary(), str(free_port())
    if binary is None:
        return ""
    exit.enter_context(spawn([binary, *valkey.arguments(port, str(folder))], cwd=folder))
    time.sleep(0.2)
    return f"redis://127.0.0.1:{port}/0"


def _add_people(made: Stage, count: int) -> None:
    """Tokens for teachers, and for an organiser."""
    with made.rows.connect() as connection:
        found = connection.execute(
            text(
                "SELECT id, name, email, school_id FROM person WHERE email LIKE 'teacher%' ORDER BY email LIMIT :count"
            ),
            {"count": count},
        )
        for row in found.all():
            made.people.append((row.id, row.name, row.email))
            made.tokens.append(_token(made.settings, row.id, row.name, [], row.school_id))
    made.organiser = _token(made.settings, "0" * 16, "Organiser", ["organiser:UMC"], "")


def _token(settings: kit.Settings, person_id: str, name: str, roles: list[str], unit: str) -> str:
    claims = {"sub": person_id, "name": name, "roles": roles, "sid": f"s{person_id}", "lang": "kk", "unit": unit}
    return identity.issue(settings, claims)[0]


def _add_feed(made: Stage, events: int) -> None:
    """Events of one kind for its feed; already over, so that no list of what is ahead grows."""
    begin = utcnow() - timedelta(days=60)
    for number in range(events):
        made.copy_event(f"feed-{number}", begin + timedelta(hours=6 * number), kind=FEED_KIND)


__all__ = ["Server", "Stage", "cpu_of", "one", "stage", "wait_until"]
