"""The demo region on both engines: built once, fresh for each test."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from zlib import crc32

import hypothesis
import pytest

from services import settings as kit
from tests.support import invariants, postgres
from tests.support.browser import chromium, new_page  # noqa: F401
from tests.support.places import quickest
from tests.support.region import House, Template, dispose, make_apps, once
from tests.support.suite import Suite

# A run that fails, fails because of what was changed: no example depends on the day, none on how busy the machine is.
hypothesis.settings.register_profile(
    "any machine",
    deadline=None,
    derandomize="EVERYTHING" not in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any machine")
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quickest()))  # where pytest makes its folders
ENGINES = [engine for engine in ("sqlite", "postgres") if engine in os.environ.get("TEST_ENGINES", "sqlite,postgres")]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What the engine has no part in is tried on one, some things in fewer forms; `EVERYTHING=1` tries all of it."""
    if os.environ.get("EVERYTHING"):
        return
    spared = [item for item in items if item.get_closest_marker("thorough") or _engine_of(item) not in _wanted(item)]
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if item not in set(spared)]


def pytest_collection_finish() -> None:
    """What is loaded by now stays, as in a server that is ready."""
    gc.collect()
    gc.freeze()


def _engine_of(item: pytest.Item) -> str:
    return item.callspec.params.get("engine", "") if hasattr(item, "callspec") else ""


def _wanted(item: pytest.Item) -> tuple[str, ...]:
    if len(ENGINES) == 1:
        return ("", *ENGINES)
    one, either, both = (item.get_closest_marker(name) for name in ("one_engine", "either_engine", "both_engines"))
    if both or not (one or either):
        return ("", *ENGINES)
    return ("", one.args[0] if one else ENGINES[crc32(item.nodeid.replace(_engine_of(item), "").encode()) % 2])


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all test processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgres_server(common: Path) -> Iterator[postgres.Postgres]:
    """A server of this process; one of our own begins with the demo region, which the first process loads."""
    with once(common, "postgres") as first:
        server = postgres.start(seed=None if first else common / "postgres")
        if first and server.own:
            Template("postgres", common / "region", server).build()
            server.copy(common / "postgres")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, common: Path) -> Callable[[str], Template]:
    """The demo region of an engine, loaded when it is first asked for and kept: tests of both engines alternate."""

    @cache
    def find(engine: str) -> Template:
        server = request.getfixturevalue("postgres_server") if engine == "postgres" else None
        found = Template(engine, common / "region", server)
        if server is None:
            with once(common, "sqlite") as first:
                if first:
                    found.build()
        elif not server.own:
            found.build()
        return found

    return find


@pytest.fixture
def template(templates: Callable[[str], Template], engine: str) -> Template:
    return templates(engine)


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
    left = broken_after(request, house.settings) if house.written else []
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
