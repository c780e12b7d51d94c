"""The demo region on both engines: built once, fresh for each test."""

import dataclasses
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

import demo
import events_service
import registry_service
from events_service.calendars import fetching, kept
from services import settings as kit
from tests.support import invariants, postgres
from tests.support.browser import chromium, new_page  # noqa: F401
from tests.support.suite import Suite, connect

ENGINES = [engine for engine in ("sqlite", "postgres") if engine in os.environ.get("TEST_ENGINES", "sqlite,postgres")]
SERVICES = ("registry", "events")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What the engine has no part in is tried on one; `ALL_ENGINES=1` tries everything on both."""
    if len(ENGINES) == 1 or os.environ.get("ALL_ENGINES"):
        return
    spared = [item for item in items if _engine_of(item) not in _wanted(item)]
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if item not in set(spared)]


def _engine_of(item: pytest.Item) -> str:
    return item.callspec.params.get("engine", "") if hasattr(item, "callspec") else ""


def _wanted(item: pytest.Item) -> tuple[str, ...]:
    one, both = (item.get_closest_marker(name) for name in ("one_engine", "both_engines"))
    return ("", *ENGINES) if both or not one else ("", one.args[0])


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
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], "Template"]:
    """The demo region of an engine, loaded when it is first asked for and kept: tests of both engines alternate."""

    @cache
    def find(engine: str) -> Template:
        server = request.getfixturevalue("postgres_server") if engine == "postgres" else None
        found = Template(engine, tmp_path_factory.mktemp(f"template-{engine}"), server)
        found.build()
        return found

    return find


@pytest.fixture
def template(templates: Callable[[str], "Template"], engine: str) -> "Template":
    return templates(engine)


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
        for service in SERVICES if self.server else ():
            self.server.tidy(f"{self.name}_{service}")  # type: ignore[union-attr]

    def settings(self, urls: dict[str, str], folder: Path) -> kit.Settings:
        return make_settings(
            REGISTRY_DATABASE_URL=urls["registry"],
            EVENTS_DATABASE_URL=urls["events"],
            MAIL_URL=f"file:{folder}/mail",
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
def suite_settings(template: Template, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[kit.Settings]:
    """Settings that name a fresh copy of the demo region; for tests that start real processes.

    Whatever the test did, the invariants hold of what it leaves; `breaks("I4")` says that it did so on purpose.
    """
    with template.copied(tmp_path) as settings:
        yield settings
        left = broken_after(request, settings)
    assert not left, "\n".join(left)


def broken_after(request: pytest.FixtureRequest, settings: kit.Settings) -> list[str]:
    """The invariants that a test broke and did not announce to break."""
    planted = [named for mark in request.node.iter_markers("breaks") for named in mark.args]
    return invariants.broken(settings, *planted)


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
        self._position: str | None = None
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
        shutil.rmtree(self.folder / "mail", ignore_errors=True)
        if self._position is None or self._position != self._written():
            self.template.drop(self.name)
            self._fill()

    def _fill(self) -> None:
        for left in self.folder.glob("*.db*"):
            left.unlink()
        self.template.fill(self.name, self.folder)
        self._position = self._written()

    def _written(self) -> str | None:
        """Where PostgreSQL's log stands: it has not moved when a test only read."""
        return self.template.server.position() if self.template.server else None


@pytest.fixture(scope="session")
def houses(
    templates: Callable[[str], Template], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], House]]:
    """The house of an engine, made when it is first asked for and kept."""
    made: dict[str, House] = {}

    def find(engine: str) -> House:
        if engine not in made:
            made[engine] = House(templates(engine), tmp_path_factory.mktemp("house"))
        return made[engine]

    yield find
    for found in made.values():
        dispose(*found.apps)


@pytest.fixture
def suite(houses: Callable[[str], House], engine: str, request: pytest.FixtureRequest) -> Iterator[Suite]:
    """Both services in this process with the demo region as it was loaded; the invariants hold of what is left."""
    house = houses(engine)
    house.fresh()
    yield Suite(house.settings, *house.apps, engine)
    left = broken_after(request, house.settings)
    assert not left, "\n".join(left)


@pytest.fixture(scope="module")
def shared_suite(
    templates: Callable[[str], Template], engine: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Suite]:
    """One suite for all tests of a module: for those that look, and for those whose writes are taken back."""
    with templates(engine).copied(tmp_path_factory.mktemp("shared")) as settings, running(settings, engine) as found:
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
