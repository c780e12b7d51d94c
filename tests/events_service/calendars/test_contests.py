"""Deadlines of a contest in feeds: of entries and stages for everybody, of what she judges in a juror's own."""

from datetime import timedelta

from events_service.contests.models import OPEN, Stage
from events_service.db import db
from events_service.jury.models import JuryMember
from services.database import utcnow
from services.fields import midnight, today
from tests.events_service import arena as arenas
from tests.events_service.calendars.reading import entries, personal
from tests.events_service.calendars.test_kept_fields import check_kept

DUE = "/calendars/deadlines.ics?lang=ru"
LATER = midnight(today() + timedelta(days=25))


def row(suite, model, key):
    with suite.events.app_context():
        return db.session.get_one(model, key)


def write(suite, model, key, **values):
    with suite.events.app_context(), db.transaction() as session:
        found = session.get_one(model, key)
        for name, value in values.items():
            setattr(found, name, value)


def test_deadlines_of_entries_and_stages_are_entries_that_move(suite):
    arena = arenas.build(suite)
    uid, stage = arena_uid(suite, arena), arena.stages["FINAL"]
    names = [f"entries-close-{uid}", *(f"stage-{key}-closes-{uid}" for key in arena.stages.values())]
    before = entries(suite, DUE)
    assert [str(before[name]["SUMMARY"]) for name in names] == [
        "Конец приёма работ: Урок в смешанном классе",
        "Конец работы жюри: Этап REMOTE, Урок в смешанном классе",
        "Конец работы жюри: Этап FINAL, Урок в смешанном классе",
    ]
    at = LATER.isoformat()
    for path, body in ((f"/stages/{stage}", {"closes_at": at}), ("", {"entries_close_at": at})):
        old = entries(suite, DUE)
        assert suite.json("PATCH", arena.api + path, body, as_=arena.organiser).status_code == 200
        check_kept(suite, DUE)
        name = names[2] if path else names[0]
        new = entries(suite, DUE)[name]
        assert (new["DTSTART"].dt, new["SEQUENCE"] > old[name]["SEQUENCE"]) == (LATER, True)
    assert suite.json("DELETE", f"{arena.api}/stages/{stage}", as_=arena.organiser).status_code == 204
    assert names[2] not in entries(suite, DUE)


def test_juror_has_her_contest_and_until_when_she_judges(suite):
    arena = arenas.build(suite, jurors=3)
    uid, stage = arena_uid(suite, arena), arena.stages["REMOTE"]
    mine, other = personal(suite, 0, "juror"), personal(suite, 5, "juror")
    due = f"stage-{stage}-closes-{uid}"
    check_kept(suite, mine, other)
    assert (uid in entries(suite, mine), due in entries(suite, mine)) == (True, False)
    steps = [
        (Stage, stage, {"status": OPEN, "opened_at": utcnow()}, True, True),
        (JuryMember, arena.members[1], {"scores": False, "version": 2}, True, False),
        (JuryMember, arena.members[1], {"active": False, "version": 3}, False, False),
        (JuryMember, arena.members[1], {"active": True, "scores": True, "version": 4}, True, True),
        (Stage, stage, {"status": "closed", "closed_at": utcnow()}, True, False),
    ]
    for model, key, values, event, deadline in steps:
        write(suite, model, key, **values)
        check_kept(suite, mine)
        found = entries(suite, mine)
        assert (uid in found, due in found) == (event, deadline), values
    assert uid not in entries(suite, other)


def test_deadline_stands_though_the_contest_has_no_exact_day(suite):
    arena = arenas.build(suite, jurors=2, open_stage="REMOTE")
    body = {"date_precision": "month"}
    assert suite.json("PATCH", f"/api/v1/events/{arenas.SLUG}", body, as_=arena.organiser).status_code == 200
    uid = arena_uid(suite, arena)
    found = entries(suite, personal(suite, 0, "juror"))
    assert (uid in found, f"stage-{arena.stages['REMOTE']}-closes-{uid}" in found) == (False, True)


def arena_uid(suite, arena):
    from events_service.events.models import Event

    return row(suite, Event, arena.event_id).uid
