"""The demo region on both engines: built once, copied for each test."""

import dataclasses
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

import demo
import events_service
import registry_service
from services import settings as kit
from tests.support import postgres
from tests.support.browser import chromium, new_page  # noqa: F401
from tests.support.suite import Suite, connect

ENGINES = [engine for engine in ("sqlite", "postgres") if engine in os.environ.get("TEST_ENGINES", "sqlite,postgres")]
SERVICES = ("registry", "events")


def make_settings(**changed: str) -> kit.Settings:
    key = ECKey.generate_key("P-256", parameters={"kid": "test"}).as_dict(private=True)
    environ = {
        "QONYRAU_ENV": "demo",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "SECRET_KEY": "test-" * 10,
        "SERVICE_KEYS": "service-key-of-the-tests-0123456789",
        "REGISTRY_SIGNING_KEY": json.dumps(key),
        "FEED_UID_HOST": "qonyrau.test",
    }
    return kit.load({**environ, **changed})


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    server = postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template(engine: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> "Template":
    """The demo region, loaded once for this engine."""
    folder = tmp_path_factory.mktemp(f"template-{engine}")
    server = request.getfixturevalue("postgres_server") if engine == "postgres" else None
    found = Template(engine, folder, server)
    found.build()
    return found


class Template:
    """Databases with the demo region in them, and copies of them."""

    def __init__(self, engine: str, folder: Path, server: postgres.Postgres | None) -> None:
        self.engine, self.folder, self.server = engine, folder, server
        self.name = f"t{uuid.uuid4().hex[:10]}"

    def urls(self, name: str, folder: Path) -> dict[str, str]:
        if self.server:
            return {s: self.server.url(f"{name}_{s}") for s in SERVICES}
        return {s: f"sqlite:///{folder}/{s}.db" for s in SERVICES}

    def build(self) -> None:
        if self.server:
            for service in SERVICES:
                self.server.create(f"{self.name}_{service}")
        load_region(self.settings(self.urls(self.name, self.folder), self.folder))

    def settings(self, urls: dict[str, str], folder: Path) -> kit.Settings:
        return make_settings(
            REGISTRY_DATABASE_URL=urls["registry"],
            EVENTS_DATABASE_URL=urls["events"],
            MAIL_URL=f"file:{folder}/mail",
        )

    def copy(self, folder: Path) -> tuple[str, dict[str, str]]:
        name = f"c{uuid.uuid4().hex[:10]}"
        for service in SERVICES:
            if self.server:
                self.server.create(f"{name}_{service}", template=f"{self.name}_{service}")
            else:
                shutil.copy(self.folder / f"{service}.db", folder / f"{service}.db")
        return name, self.urls(name, folder)

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
    load(registry, events)
    dispose(registry, events)


def make_apps(settings: kit.Settings):
    registry, events = registry_service.create_app(settings), events_service.create_app(settings)
    demo.add_to(registry)
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


@pytest.fixture
def suite_settings(template: Template, tmp_path: Path) -> Iterator[kit.Settings]:
    """Settings that name a fresh copy of the demo region; for tests that start real processes."""
    with template.copied(tmp_path) as settings:
        yield settings


@pytest.fixture
def suite(suite_settings: kit.Settings, engine: str) -> Iterator[Suite]:
    """Both services in this process on a fresh copy of the demo region."""
    with running(suite_settings, engine) as found:
        yield found


@pytest.fixture(scope="module")
def shared_suite(template: Template, engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """One suite for all tests of a module: for those that look, and for those whose writes are taken back."""
    with template.copied(tmp_path_factory.mktemp("shared")) as settings, running(settings, engine) as found:
        yield found


@contextmanager
def running(settings: kit.Settings, engine: str) -> Iterator[Suite]:
    registry, events = make_apps(settings)
    yield Suite(settings, registry, events, engine)
    dispose(registry, events)


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
