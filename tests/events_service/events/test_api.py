"""Lists of events as JSON: a fixed number of questions, and an order that does not depend on chance."""

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import update

from events_service.calendars import kept
from events_service.db import db
from events_service.registrations.models import Registration
from tests.events_service.scene import play

pytestmark = pytest.mark.either_engine


def queries_of(suite, path):
    seen = []

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    with suite.events.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    try:
        assert suite.json("GET", path).status_code == 200
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_list_takes_as_many_queries_for_many_events_as_for_few(suite):
    assert queries_of(suite, "/api/v1/events?limit=100") == queries_of(suite, "/api/v1/events?limit=2")


@pytest.mark.breaks("I4")
def test_own_registrations_at_one_time_stand_once_in_pages(suite):
    scenes = [play(suite) for _ in range(5)]
    made = [scene.register(0)["id"] for scene in scenes]
    with suite.events.app_context(), db.transaction() as session:  # moves the rows about in the file
        for number, name in enumerate(reversed(made)):
            session.execute(update(Registration).where(Registration.public_id == name).values(version=10 + number))
    seen, path, teacher = [], "/api/v1/registrations?limit=1", suite.sign_in("teacher", 0)
    while path:
        page = suite.json("GET", path, as_=teacher).get_json()
        seen += [item["id"] for item in page["items"]]
        path = page["next"] and f"/api/v1/registrations?limit=1&cursor={page['next']}"
    assert sorted(seen) == sorted(set(seen))
    assert set(made) <= set(seen)


def test_feed_is_whole_though_another_reader_empties_what_is_kept(suite, monkeypatch):
    scene = play(suite)
    made = kept._made

    def emptied(*arguments):
        kept._kept.clear()
        return made(*arguments)

    assert scene.entry() is not None
    before = suite.json("GET", "/calendars/all.ics").data
    play(suite)
    monkeypatch.setattr(kept, "_made", emptied)
    assert (
        suite.json("GET", "/calendars/all.ics").data.count(b"BEGIN:VEVENT") == before.count(b"BEGIN:VEVENT") + 2
    )  # its session too


def test_reminders_are_an_hour_and_a_day_unless_said_otherwise(suite):
    organiser, body = suite.sign_in("organiser"), {"kind": "meeting", "title": {"kk": "x"}, "date_precision": "none"}

    def made(**more):
        return suite.json("POST", "/api/v1/events", {**body, **more}, as_=organiser)

    given = ({}, {"reminders": None}, {"reminders": []}, {"reminders": [60, 10080, 60]})
    answers = [made(**more).get_json()["reminders"] for more in given]
    assert answers == [[1440, 60], [1440, 60], [], [10080, 60]]
    for wrong in ([61], ["60"], 60, [None]):
        assert made(reminders=wrong).status_code == 422
