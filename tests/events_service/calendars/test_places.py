"""Feeds of a school, of a centre's cluster, and of deadlines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from events_service.db import db
from events_service.directory.models import ATTACHMENT, RESOURCE_CENTRE, Fact, School
from events_service.events.models import EventAudience
from events_service.fairs.models import Fair
from events_service.ics import deadlines
from services.fields import midnight, today
from tests.events_service.calendars.reading import entries, write
from tests.events_service.scene import in_days, play
from tests.support.suite import Suite

pytestmark = pytest.mark.either_engine


def cluster(suite: Suite) -> tuple[str, str, str]:
    """The codes of a centre, of a school attached to it, and of a school of another cluster."""
    with suite.events.app_context():
        attached = select(School.code, Fact.ref).join(Fact).where(Fact.kind == ATTACHMENT, Fact.on(today()))
        (school, ref), *others = db.session.execute(attached.order_by(School.code)).all()
        centre = db.session.scalars(select(School.code).where(School.id == ref)).one()
        return centre, school, next(code for code, other in others if other != ref)


def test_feed_of_a_school_holds_what_is_for_it(suite: Suite) -> None:
    centre, school, stranger = cluster(suite)
    own = play(suite, audience={"rule": "schools", "schools": [school]})
    whole = play(suite, audience={"rule": "everyone"})
    other = play(suite, audience={"rule": "schools", "schools": [stranger]})
    found = entries(suite, f"/calendars/school/{school}.ics")
    assert {own.event["uid"], whole.event["uid"]} < set(found)
    assert other.event["uid"] not in found
    with suite.events.app_context(), db.transaction() as session:  # as if the school had been opened later
        session.query(EventAudience).filter_by(event_id=whole.event["id"]).delete()
    write(whole)
    assert whole.event["uid"] in entries(suite, f"/calendars/school/{school}.ics")


def test_feed_of_a_cluster_holds_what_is_for_any_of_its_schools(suite: Suite) -> None:
    centre, school, stranger = cluster(suite)
    own = play(suite, kind="seminar", audience={"rule": "schools", "schools": [school]})
    main = play(suite, audience={"rule": "schools", "schools": [centre]})
    other = play(suite, audience={"rule": "schools", "schools": [stranger]})
    found = entries(suite, f"/calendars/cluster/{centre}.ics")
    assert {own.event["uid"], main.event["uid"]} < set(found)
    assert other.event["uid"] not in found
    narrowed = entries(suite, f"/calendars/cluster/{centre}.ics?kind=webinar")
    assert main.event["uid"] in narrowed
    assert own.event["uid"] not in narrowed


def test_feed_is_named_after_its_school(suite: Suite) -> None:
    centre, school, _ = cluster(suite)
    names = {}
    for path in (f"school/{school}", f"cluster/{centre}"):
        body = suite.json("GET", f"/calendars/{path}.ics?lang=ru").data.replace(b"\r\n ", b"").decode()
        names[path] = next(line for line in body.split("\r\n") if line.startswith("X-WR-CALNAME:"))
    assert "кластер" in names[f"cluster/{centre}"]
    assert len(set(names.values())) == 2


@pytest.mark.parametrize(
    "path",
    [
        "school/none.ics",
        "cluster/none.ics",
        "all.ics?school=none",
        "deadlines.ics?kind=party",
        "deadlines.ics?lang=de",
        "kind/webinar.ics?format=pigeon",
    ],
)
def test_place_that_means_nothing_is_not_found(suite: Suite, path: str) -> None:
    assert suite.json("GET", f"/calendars/{path}").status_code == 404


def test_school_that_was_never_a_centre_has_no_cluster(suite: Suite) -> None:
    with suite.events.app_context():
        centres = select(Fact.school_id).where(Fact.kind == RESOURCE_CENTRE)
        code = db.session.scalars(select(School.code).where(School.id.not_in(centres)).limit(1)).one()
    assert suite.json("GET", f"/calendars/cluster/{code}.ics").status_code == 404
    assert suite.json("GET", f"/calendars/school/{code}.ics").status_code == 200


def deadline(suite: Suite, uid: str, query: str = ""):
    return entries(suite, f"/calendars/deadlines.ics{query}").get(uid)


def test_deadline_of_registration_is_an_entry_at_its_instant(suite: Suite) -> None:
    scene = play(suite, registration_closes_at=in_days(30, "18:00"))
    uid = f"registration-closes-{scene.event['uid']}"
    before = deadline(suite, uid, "?lang=ru")
    assert before is not None
    assert str(before["SUMMARY"]) == "Конец регистрации: Урок в смешанном классе"
    assert before["DTSTART"].dt == midnight(today() + timedelta(days=30)) + timedelta(hours=18)
    assert (before["TRANSP"], before["STATUS"]) == ("TRANSPARENT", "CONFIRMED")
    assert deadline(suite, uid, "?kind=seminar") is None
    scene.change(registration_closes_at=in_days(31, "18:00"))
    moved = deadline(suite, uid)
    assert moved is not None
    assert moved["SEQUENCE"] > before["SEQUENCE"]
    assert moved["DTSTART"].dt - before["DTSTART"].dt == timedelta(days=1)
    scene.cancel()
    off = deadline(suite, uid)
    assert off is not None
    assert off["STATUS"] == "CANCELLED"


def test_day_until_which_ideas_are_taken_is_an_entry(suite: Suite) -> None:
    scene = play(suite, kind="fair", agenda=[], date_precision="month")
    uid = f"ideas-close-{scene.event['uid']}"
    assert deadline(suite, uid) is None
    with suite.events.app_context():
        from events_service.fairs import keeping
        from services.identity import Actor

        umc = Actor("x", "x", frozenset({f"organiser:{scene.event['organisation']}"}), "")
        with db.transaction() as session:
            at = midnight(today() + timedelta(days=9))
            keeping.settle(session, umc, scene.event["id"], {"ideas_close_at": at})
    found = deadline(suite, uid)
    assert found is not None
    assert found["DTSTART"].dt == at


@pytest.mark.one_engine("sqlite")
@pytest.mark.parametrize("what", ["registration-closes", "ideas-close"])
@pytest.mark.parametrize(("days", "shown"), [(90, True), (91, False)])
def test_deadline_long_past_is_neither_shown_nor_read(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, what: str, days: int, shown: bool
) -> None:
    ideas, at = what == "ideas-close", midnight(today() - timedelta(days=days))
    scene = play(suite, kind="fair", agenda=[])
    with suite.events.app_context(), db.transaction() as session:
        session.add(Fair(event_id=scene.event["id"], ideas_close_at=at if ideas else None))
    write(scene, registration_closes_at=None if ideas else at)
    read: list[str] = []
    whole = deadlines.deadlines_of
    monkeypatch.setattr(deadlines, "deadlines_of", lambda event, *rest: read.append(event.uid) or whole(event, *rest))
    assert (deadline(suite, f"{what}-{scene.event['uid']}") is not None) is shown
    assert (scene.event["uid"] in read) is shown
