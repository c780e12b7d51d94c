"""Who may call what: the whole table, asked of the running suite by everybody."""

from dataclasses import replace

import pytest

from registry_service import rights
from registry_service.service import service as register
from services.app import create_service
from services.identity import ANYONE
from services.web import Pages
from tests.access import table
from tests.access.scene import ACTORS
from tests.support.suite import nothing_kept

pytestmark = pytest.mark.one_engine("sqlite")
LINES = table.read()
OPEN = "a" * len(ACTORS)
BODY_REFUSED = {422}


def wrong(stage, lines) -> list[str]:
    """Lines whose answers differ, as they would have to be written."""
    found = []
    with nothing_kept():
        for line in lines:
            letters, given = table.walk(stage, line)
            if letters != line.letters:
                found.append(f"\n  in {table.FILE.name}: {line}\n  but it is: {replace(line, letters=letters)}")
            if line.method in table.UNSAFE and "a" in letters and given <= BODY_REFUSED:
                found.append(f"\n  every body was refused; put a good one into bodies.py: {line}")
    return found


def test_every_route_has_its_line_in_the_table(stage):
    assert not table.amiss(LINES, stage.suite.registry, stage.suite.events)


def test_everybody_gets_what_the_table_says(stage):
    found = wrong(stage, LINES)
    assert not found, "".join(found)


@pytest.fixture
def planted(stage):
    """The register with one more page, declared for registrars; `leak` forgets to check it."""

    def make(leak: bool):
        pages = Pages("planted", __name__)
        pages.add_url_rule("/planted", "look", lambda: "x", who=ANYONE if leak else rights.REGISTRARS)
        service = register(stage.suite.settings)
        return create_service(replace(service, pages=[*service.pages, pages]), stage.suite.settings)

    return make


def test_table_notices_a_route_nobody_wrote_down(stage, planted):
    found = table.amiss(LINES, planted(leak=False), stage.suite.events)
    assert any("/registry/planted" in fault and "s f f f f f f f a f s s" in fault for fault in found), found


def test_table_notices_a_route_that_is_gone(stage):
    gone = table.Line("GET", "/registry/gone", OPEN)
    assert [f for f in table.amiss([*LINES, gone], stage.suite.registry, stage.suite.events) if "/registry/gone" in f]


@pytest.mark.parametrize("leak", [False, True])
def test_walk_notices_a_route_that_lets_anybody_in(stage, planted, leak, monkeypatch):
    monkeypatch.setattr(stage.suite, "registry", planted(leak))
    line = table.Line("GET", "/registry/planted", "sfffffffafss")
    assert bool(wrong(stage, [line])) is leak


def test_route_that_does_not_say_who_may_call_it_stops_the_start(stage):
    pages = Pages("planted", __name__)
    pages.record(lambda state: state.app.add_url_rule("/registry/open", "planted.open", lambda: "x"))
    service = register(stage.suite.settings)
    with pytest.raises(RuntimeError, match="planted.open"):
        create_service(replace(service, pages=[*service.pages, pages]), stage.suite.settings)
