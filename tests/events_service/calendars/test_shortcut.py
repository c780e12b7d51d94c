"""The shortcut answers as the app does, header for header, and only while nothing has changed."""

from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.http import http_date
from werkzeug.test import Client, TestResponse

from events_service.calendars import shortcut, stamps
from events_service.db import db
from events_service.directory.models import Person
from services.database import utcnow
from tests.events_service.calendars.reading import ALL, personal
from tests.events_service.scene import mail_of, play
from tests.support.suite import ORIGIN, Suite

pytestmark = pytest.mark.either_engine

FRESH = {"Date", "X-Request-Id"}


def ask(app: Any, path: str, method: str = "GET", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(app).open(path, method=method, headers=named, base_url=ORIGIN)


def seen(reply: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    kept = sorted((name.lower(), value) for name, value in reply.headers if name not in FRESH)
    return reply.status_code, reply.data, kept


def requests(etag: str, changed: str) -> list[dict[str, str]]:
    plain = etag.strip('"').removesuffix(":gzip")
    return [
        {},
        {"If_None_Match": etag},
        {"If_None_Match": f'"{plain}"'},
        {"If_None_Match": f'"{plain}:gzip"'},
        {"If_None_Match": f'W/"{plain}:gzip", "other"'},
        {"If_None_Match": '"other"'},
        {"If_None_Match": "rubbish"},
        {"If_None_Match": "*"},
        {"If_Modified_Since": changed},
        {"If_Modified_Since": http_date(utcnow().replace(year=2099))},
        {"If_Modified_Since": "Wed, 01 Jan 2020 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
        {"If_None_Match": '"other"', "If_Modified_Since": changed},
        {"Range": "bytes=0-9"},
    ]


@pytest.mark.parametrize("coding", ["identity", "gzip", "gzip;q=0", ""])
def test_shortcut_answers_as_the_app_does(suite: Suite, coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    play(suite).register(1)
    taken: list[int] = []
    give = shortcut.Shortcut._give
    monkeypatch.setattr(shortcut.Shortcut, "_give", lambda *given: taken.append(1) or give(*given))
    for path in (ALL, "/calendars/deadlines.ics?lang=ru", personal(suite)):
        first = ask(suite.events, path, Accept_Encoding=coding)
        for headers in requests(first.headers["ETag"], first.headers["Last-Modified"]):
            for method in ("GET", "HEAD"):
                ours = ask(suite.events, path, method, Accept_Encoding=coding, **headers)
                theirs = ask(suite.events.wsgi_app._inner, path, method, Accept_Encoding=coding, **headers)
                assert seen(ours) == seen(theirs), (path, method, headers)
                assert {name in ours.headers for name in FRESH} == {True}
    assert len(taken) == 3 * 9 * 2  # all but the one with a Range and those that ask by date only


def test_shortcut_sees_each_change_at_once(suite: Suite) -> None:
    scene = play(suite)
    row, path = scene.register(1), personal(suite)
    steps = (
        lambda: scene.change(title={"kk": "Басқа"}),
        scene.cancel,
        scene.restore,
        lambda: scene.withdraw(row, 1),
    )
    for step in steps:
        before = ask(suite.events, path)
        assert ask(suite.events, path, If_None_Match=before.headers["ETag"]).status_code == 304
        step()
        assert ask(suite.events, path, If_None_Match=before.headers["ETag"]).status_code == 200
    suite.json("POST", "/api/v1/me/calendar/rotate", as_=suite.sign_in("teacher", 1))
    assert ask(suite.events, path).status_code == 404


def test_shortcut_is_closed_with_the_account(suite: Suite) -> None:
    path = personal(suite)
    assert [ask(suite.events, path).status_code for _ in range(2)] == [200, 200]
    with suite.events.app_context(), db.transaction() as session:
        session.execute(update(Person).where(Person.email == mail_of(1)).values(active=False))
    assert ask(suite.events, path).status_code == 404


def test_both_ways_to_the_stamp_agree(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    with suite.events.app_context():
        for mail in (mail_of(1), mail_of(2)):
            found = db.session.scalars(select(Person.id).where(Person.email == mail)).one()
            assert stamps.by_driver(db.engine, found) == stamps.personal(found)
        assert stamps.by_driver(db.engine, "") == stamps.public()


def test_database_away_is_the_apps_to_answer(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(suite.events, ALL).status_code == 200

    def away(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(stamps, "by_driver", away)
    assert ask(suite.events, ALL).status_code == 200


def test_stranger_host_is_refused_as_before(suite: Suite) -> None:
    suite.events.config["TRUSTED_HOSTS"] = ["127.0.0.1"]
    assert ask(suite.events, ALL).status_code == 200
    reply = Client(suite.events).get(ALL, base_url="http://evil.example")
    assert reply.status_code == 400
