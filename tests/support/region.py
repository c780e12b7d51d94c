"""The demo region on an engine: built once for all test processes, copied for each test."""

import dataclasses
import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization as coding
from cryptography.hazmat.primitives.asymmetric import ec
from jinja2.bccache import Bucket, BytecodeCache
from joserfc.jwk import ECKey

import demo
import events_service
import registry_service
from events_service.calendars import fetching, kept
from services import settings as kit
from tests.support import postgres
from tests.support.suite import connect

SERVICES = ("registry", "events")
PEM = coding.Encoding.PEM, coding.PrivateFormat.PKCS8, coding.NoEncryption()
# Tests of judging write a contest of their own and count its rows (tests/events_service/arena.py).
JUDGED = ("CT-JURY", "CT-PAST")


class Compiled(BytecodeCache):
    """Templates as this process compiled them: each app has an environment of its own and would do it anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@contextmanager
def once(folder: Path, name: str) -> Iterator[bool]:
    """Of several processes the first is told to make it; the others wait until it is made."""
    done = folder / f"{name}.done"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not done.exists()
        done.touch()


def make_settings(**changed: str) -> kit.Settings:
    secret = ec.derive_private_key(1, ec.SECP256R1())  # one for all processes: a token opens each one's copy
    key = ECKey.import_key(secret.private_bytes(*PEM), {"kid": "test"}).as_dict(private=True)
    environ = {
        "QONYRAU_ENV": "demo",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "SECRET_KEY": "test-" * 10,
        "SERVICE_KEYS": "service-key-of-the-tests-0123456789",
        "REGISTRY_SIGNING_KEY": json.dumps(key),
        "FEED_UID_HOST": "qonyrau.test",
    }
    return kit.load({**environ, **changed})


class Template:
    """Databases with the demo region in them, and copies of them."""

    def __init__(self, engine: str, folder: Path, server: postgres.Postgres | None) -> None:
        self.engine, self.folder, self.server = engine, folder, server
        self.name = "region" if not server or server.own else f"t{uuid.uuid4().hex[:10]}"

    def urls(self, name: str, folder: Path) -> dict[str, str]:
        if self.server:
            return {s: self.server.url(f"{name}_{s}") for s in SERVICES}
        return {s: f"sqlite:///{folder}/{s}.db" for s in SERVICES}

    def build(self) -> None:
        self.folder.mkdir(exist_ok=True)
        if self.server:
            for service in SERVICES:
                self.server.create(f"{self.name}_{service}")
        load_region(self.settings(self.urls(self.name, self.folder), self.folder))
        for service in SERVICES if self.server else ():
            self.server.tidy(f"{self.name}_{service}")  # type: ignore[union-attr]

    def settings(self, urls: dict[str, str], folder: Path) -> kit.Settings:
        return make_settings(
            REGISTRY_DATABASE_URL=urls["registry"],
            EVENTS_DATABASE_URL=urls["events"],
            MAIL_URL=f"file:{folder}/mail",
            FILES_URL=f"file:{folder}/files",
        )

    def copy(self, folder: Path) -> tuple[str, dict[str, str]]:
        name = f"c{uuid.uuid4().hex[:10]}"
        self.fill(name, folder)
        return name, self.urls(name, folder)

    def fill(self, name: str, folder: Path) -> None:
        """Databases of this name with the region in them."""
        for service in SERVICES:
            if self.server:
                self.server.create(f"{name}_{service}", template=f"{self.name}_{service}")
            else:
                shutil.copy(self.folder / f"{service}.db", folder / f"{service}.db")

    @contextmanager
    def copied(self, folder: Path) -> Iterator[kit.Settings]:
        """Settings that name a copy, which is gone afterwards."""
        name, urls = self.copy(folder)
        yield self.settings(urls, folder)
        self.drop(name)

    def drop(self, name: str) -> None:
        for service in SERVICES if self.server else ():
            self.server.drop(f"{name}_{service}")  # type: ignore[union-attr]


def load_region(settings: kit.Settings) -> None:
    """Migrate and load; leaves no connection open, so that the files and databases can be copied."""
    from demo.loader import load

    registry, events = make_apps(settings)
    load(registry, events, without=JUDGED)
    dispose(registry, events)


def make_apps(settings: kit.Settings):
    registry, events = registry_service.create_app(settings), events_service.create_app(settings)
    demo.add_to(registry)
    for app in (registry, events):
        app.jinja_env.bytecode_cache = COMPILED
    connect(registry, events)
    return registry, events


def dispose(*apps) -> None:
    for app in apps:
        with app.app_context():
            db = app.config["SERVICE"].db
            db.session.remove()
            if db.engine.dialect.name == "sqlite":
                with db.engine.connect() as connection:
                    connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()


def _of(app) -> list[dict]:
    """What tests change in an app."""
    return [app.config, app.extensions, app.view_functions]


class House:
    """Both apps, made once for each engine; every test finds the region in them as it was loaded.

    Making the apps and their templates costs more than most tests do.
    """

    def __init__(self, template: Template, folder: Path) -> None:
        self.template, self.folder, self.name = template, folder, f"h{uuid.uuid4().hex[:10]}"
        self.settings = template.settings(template.urls(self.name, folder), folder)
        self._position: Any = None
        self._fill()
        self.apps = make_apps(self.settings)
        self._kept = [[dict(held) for held in _of(app)] for app in self.apps]

    def fresh(self) -> None:
        """Take back what the last test did to rows, letters, settings, connections and counts of tries."""
        fetching.settle()
        for app, made in zip(self.apps, self._kept, strict=True):
            dispose(app)
            for held, as_made in zip(_of(app), made, strict=True):
                held.clear()
                held.update(as_made)
            app.extensions["limits"].storage.reset()
        kept._kept.clear()
        fetching._noted.clear()
        for left in ("mail", "files"):
            shutil.rmtree(self.folder / left, ignore_errors=True)
        if self.written:
            self.template.drop(self.name)
            self._fill()

    def _fill(self) -> None:
        for left in self.folder.glob("*.db*"):
            left.unlink()
        self.template.fill(self.name, self.folder)
        for file in self.folder.glob("*.db"):
            os.utime(file, (0, 0))  # whoever writes leaves another time, however soon
        self._position = self._stands()

    @property
    def written(self) -> bool:
        """Did anybody write since the region was put here?"""
        return bool(self._position != self._stands())

    def _stands(self) -> Any:
        """Where PostgreSQL's log stands, and how SQLite's files do: neither has moved when a test only read."""
        if self.template.server:
            return self.template.server.position()
        files = [path.stat() for path in sorted(self.folder.glob("*.db*")) if path.suffix != ".db-shm"]
        return [(found.st_ino, found.st_size, found.st_mtime_ns) for found in files if found.st_size]


def environ_of(settings: kit.Settings) -> dict[str, str]:
    """The settings as environment variables, for child processes."""
    values = {
        "QONYRAU_ENV": settings.env,
        **{
            field.name.upper(): str(getattr(settings, field.name))
            for field in dataclasses.fields(settings)
            if isinstance(getattr(settings, field.name), str) and field.name not in {"env", "time_zone"}
        },
        "SERVICE_KEYS": ",".join(settings.service_keys),
    }
    return {**os.environ, **values}
