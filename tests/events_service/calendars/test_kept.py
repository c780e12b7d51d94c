"""A feed is made once and kept: the same bytes everywhere, a new validator with whatever it shows."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, select
from werkzeug.http import parse_date
from werkzeug.test import Client

from events_service.calendars import fetching, kept, stamps
from events_service.db import db
from events_service.directory import copying
from events_service.events.models import AgendaItem, Event
from services.database import new_id, utcnow
from tests.conftest import dispose, make_apps
from tests.events_service.calendars.reading import ALL, entries, person_id, personal, switch
from tests.events_service.scene import Scene, in_days, play
from tests.support.suite import ORIGIN, Suite


def etag(suite: Suite, path: str = ALL) -> str:
    found: str = suite.json("GET", path).headers["ETag"]
    return found


def statements(suite: Suite, path: str, **headers: str) -> tuple[int, list[str]]:
    """The status of an answer of the app without the shortcut, and what it asked of the database."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.extend([statement] if statement != "BEGIN" else [])

    with suite.events.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    try:
        reply = Client(suite.events.wsgi_app._inner).get(path, headers=headers, base_url=ORIGIN)
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    return reply.status_code, seen


def test_unchanged_feed_costs_one_statement(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    for path in (ALL, "/calendars/district/ABA.ics?lang=ru", "/calendars/deadlines.ics", personal(suite)):
        first, cold = statements(suite, path)
        validator = etag(suite, path)
        fetching.settle()
        status, warm = statements(suite, path, **{"If-None-Match": validator})
        assert (first, status, len(warm)) == (200, 304, 1), warm
        assert len(cold) > 1  # control: the first answer had to ask


def shown_changes(scene: Scene) -> dict[str, Any]:
    """Each thing that a feed shows, changed by its verb."""
    line = {"starts_at": in_days(40, "10:15"), "title": {"kk": "Кіріспе"}, "presenter": "Б. Сейтқали"}
    contents: dict[str, Any] = {
        "title": {"kk": "Басқа"},
        "description": {"kk": "Басқа"},
        "starts_at": in_days(40, "09:00"),
        "ends_at": in_days(40, "13:00"),
        "venue": {"kk": "Балқаш"},
        "format": "mixed",
        "join_url": "https://zoom.example/j/9",
        "kind": "seminar",
        "language": "ru",
        "programme": "AUYL_QALA",
        "subject": "физика",
        "time_zone": "Asia/Qyzylorda",
        "agenda": [line],
        "registration_closes_at": in_days(20, "18:00"),
        "all_day": True,
    }
    changes = {name: (lambda name=name: scene.change(**{name: contents[name]})) for name in contents}
    return changes | {"cancel": scene.cancel, "restore": scene.restore}


def test_each_change_of_what_is_shown_moves_the_validators(suite: Suite) -> None:
    scene = play(suite, registration_closes_at=in_days(30))
    scene.register(1)
    switch(suite, person_id(suite), alarms=True)
    paths = [ALL, "/calendars/deadlines.ics", personal(suite)]
    only = {"registration_closes_at": paths[1:2]}
    for name, change in shown_changes(scene).items():
        shown = only.get(name, paths)
        before = [etag(suite, path) for path in shown]
        change()
        after = [etag(suite, path) for path in shown]
        assert all(a != b for a, b in zip(after, before, strict=True)), name


def test_what_is_not_shown_moves_nothing(suite: Suite) -> None:
    scene = play(suite, capacity=10)
    before = etag(suite)
    scene.register(1)
    scene.change(capacity=11)
    assert etag(suite) == before


def test_two_apps_on_one_database_answer_the_same_bytes(suite: Suite) -> None:
    """As two workers do, and one that was started anew."""
    scene = play(suite)
    scene.register(1)
    registry, events = make_apps(suite.settings)
    other = Suite(suite.settings, registry, events, suite.engine)
    try:
        for step in (lambda: None, lambda: scene.change(title={"kk": "Басқа"}), scene.cancel):
            step()
            for path in (ALL, "/calendars/deadlines.ics?lang=ru", personal(suite)):
                ours, theirs = suite.json("GET", path), other.json("GET", path)
                for name in ("ETag", "Last-Modified", "Content-Length"):
                    assert ours.headers[name] == theirs.headers[name], path
                assert ours.data == theirs.data
    finally:
        dispose(registry, events)


def copied(suite: Suite, kind: str, ref: str, row: dict[str, Any]) -> None:
    """A change of the register comes."""
    with suite.events.app_context(), db.transaction() as session:
        copying.apply(session, [{"kind": kind, "id": ref, "row": row}])


def test_renamed_organiser_in_the_register_moves_the_validators(suite: Suite) -> None:
    scene = play(suite)
    before = suite.json("GET", ALL).headers
    code = scene.event["organisation"]
    with time_machine.travel(utcnow() + timedelta(seconds=2)):  # within one second they would have one date
        copied(suite, "organisation", code, {"code": code, "name": {"kk": "Жаңа атау"}})
        after = suite.json("GET", ALL, headers={"If-Modified-Since": before["Last-Modified"]})
    assert after.status_code == 200
    assert after.headers["ETag"] != before["ETag"]
    assert parse_date(after.headers["Last-Modified"]) > parse_date(before["Last-Modified"])


def test_each_change_of_the_register_has_a_stamp_of_its_own_but_those_of_people(suite: Suite) -> None:
    """The whole day long people sign in and out: no feed is made anew for it."""
    seen = [stamp(suite)]
    for _ in range(3):
        copied(suite, "organisation", "UMC", {"code": "UMC", "name": {"kk": "Атау"}})
        seen.append(stamp(suite))
    assert len(set(seen)) == 4
    copied(suite, "session", new_id(), {"expires_at": utcnow().isoformat()})
    assert stamp(suite) == seen[-1]
    with suite.events.app_context():
        assert timedelta(seconds=-9) < copying.shown_at() - utcnow() < timedelta(seconds=4)


def stamp(suite: Suite) -> Any:
    with suite.events.app_context():
        return stamps.public()


def fill(suite: Suite, scene: Scene, count: int) -> None:
    """Copies of the scene's event a few hours apart, every tenth with a session."""
    with suite.events.app_context(), db.transaction() as session:
        pattern, line = (_row(session, model, scene, key) for model, key in ((Event, "id"), (AgendaItem, "event_id")))
        line.pop("id")
        for number in range(count):
            at = pattern["starts_at"] + timedelta(hours=3 * number)
            own = {"id": new_id(), "slug": new_id(), "uid": f"{new_id()}@qonyrau.test", "kind": "thematic_week"}
            session.execute(insert(Event), {**pattern, **own, "starts_at": at, "ends_at": at + timedelta(hours=2)})
            if number % 10 == 0:
                session.execute(insert(AgendaItem), {**line, "event_id": own["id"], "uid": new_id(), "starts_at": at})


def _row(session: Any, model: Any, scene: Scene, key: str) -> dict[str, Any]:
    table = model.__table__
    return dict(session.execute(select(table).where(table.c[key] == scene.event["id"])).mappings().one())


@pytest.mark.one_engine("sqlite")
@pytest.mark.breaks("I12")
def test_two_thousand_events_are_under_a_megabyte_by_as_many_statements_as_two(suite: Suite) -> None:
    path, scene = "/calendars/kind/thematic_week.ics", play(suite)
    held = len([e for e in entries(suite, path).values() if "RELATED-TO" not in e])
    fill(suite, scene, 2)
    few = statements(suite, path)[1]
    fill(suite, scene, 1998)
    many = statements(suite, path)[1]
    assert len(many) == len(few)
    body = suite.json("GET", path).data
    assert len(body) < 1_000_000
    assert body.count(b"BEGIN:VEVENT") - body.count(b"RELATED-TO") == 2000 + held


def test_shelf_is_bounded_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 100)
    shelf = kept.Shelf[kept.Feed]()
    for number in range(10):
        shelf.put(number, kept.Feed(b"x" * 40, str(number), utcnow()))
    assert [shelf.get(number) is not None for number in (7, 8, 9)] == [False, True, True]


def test_no_token_in_any_line_of_a_log(suite: Suite, caplog: pytest.LogCaptureFixture) -> None:
    path = personal(suite)
    with caplog.at_level(logging.DEBUG):
        for agent in ("Google-Calendar-Importer", path):
            suite.json("GET", path, headers={"User-Agent": agent})
        suite.json("GET", path.replace(".ics", "x.ics"))
        suite.json("POST", "/api/v1/me/calendar/rotate", as_=suite.sign_in("teacher", 1))
        assert suite.json("GET", path).status_code == 404
    token = path.removeprefix("/calendars/my/").removesuffix(".ics")
    assert token not in caplog.text
    assert "request" in caplog.text  # control: lines were written
