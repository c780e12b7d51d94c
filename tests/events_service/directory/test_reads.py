"""What events asks its copy of the register: audiences, people, ended sessions; also with the register away."""

from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from events_service.db import db as copy_db
from events_service.directory import client, copying, queries
from events_service.directory import models as copied
from registry_service.db import db
from registry_service.people.models import Person
from services.database import utcnow
from services.errors import Unauthorised, Unavailable
from tests.events_service.directory.twins import announce, pull

DAY = date(2021, 5, 1)


def figures(suite, day, **audience):
    with suite.events.app_context():
        return len(copy_db.session.scalars(queries.audience_schools(audience, day)).all())


def test_audiences_of_the_region_have_the_figures_of_its_report(suite):
    today = utcnow().date()
    assert figures(suite, today, rule="small_class") == 211
    assert figures(suite, today, rule="centres") == 39
    assert figures(suite, today, rule="twinned") == 163
    assert figures(suite, today, rule="programme", programme="USHQYR_OI") == 156
    assert figures(suite, today, rule="programme", programme="AUYL_QALA") == 163
    assert figures(suite, today, rule="district", district="ABA") == 30
    assert figures(suite, DAY, rule="small_class", oblast="KRG") == 211
    assert figures(suite, today, rule="small_class", oblast="KRG") == 181
    assert figures(suite, today, rule="small_class", oblast="ULT") == 30
    assert figures(suite, date(1999, 1, 1), rule="everyone") == 0


def test_cluster_is_the_centre_and_the_schools_attached_to_it(suite):
    with suite.events.app_context():
        centre = queries.centres(DAY)[0]
        attached = copy_db.session.scalars(
            select(copied.Fact.school_id).where(copied.Fact.kind == "attachment", copied.Fact.ref == centre.id)
        ).all()
        for ref in (centre.id, centre.code):
            found = copy_db.session.scalars(queries.audience_schools({"rule": "cluster", "centre": ref}, DAY)).all()
            assert {row.id for row in found} == {centre.id, *attached}
        assert copy_db.session.scalars(queries.audience_schools({"rule": "cluster", "centre": "x"}, DAY)).all() == []


def test_person_not_copied_yet_is_asked_for_once(suite):
    with suite.registry.app_context(), db.transaction() as session:
        session.add(
            Person(id="f" * 16, name="Жаңа", sort_key="", search="", email="fresh@example.invalid", language="kk")
        )
        announce(session, "person", "f" * 16)
    with suite.events.app_context():
        assert queries.person("f" * 16).email == "fresh@example.invalid"


def test_person_nobody_knows_is_unavailable_and_a_closed_one_must_sign_in(suite):
    with suite.registry.app_context(), db.transaction() as session:
        known = session.scalars(select(Person.id)).first()
        session.execute(update(Person).where(Person.id == known).values(active=False))
        announce(session, "person", known)
    pull(suite)
    with suite.events.app_context():
        with pytest.raises(Unavailable):
            queries.person("0" * 16)
        with pytest.raises(Unauthorised):
            queries.person(known)


def test_person_is_found_by_mail_while_her_access_is_open(suite):
    with suite.events.app_context():
        found = queries.person_by_mail(" Teacher0001@EXAMPLE.invalid")
        assert found.email == "teacher0001@example.invalid"
        assert queries.person_by_mail("nobody@example.invalid") is None


def test_session_ended_in_the_register_is_refused_in_events(suite):
    token = suite.sign_in("organiser")
    body = {"kind": "meeting", "title": {"ru": "Совещание"}, "date_precision": "none"}
    assert suite.json("POST", "/api/v1/events", body, as_=token).status_code == 201
    browser = suite.browser("ru", token)
    browser.get("/registry/sign-out")
    browser.submit()
    pull(suite)
    assert suite.json("POST", "/api/v1/events", body, as_=token).status_code == 401
    assert suite.json("GET", "/api/v1/events", as_=token).status_code == 401
    assert suite.json("GET", "/api/v1/events").status_code == 200


def away(suite, answer):
    """Put a register in its place that answers so."""
    client.use_transport(suite.events, httpx.MockTransport(answer))


def refuse(request):
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.parametrize(
    "answer",
    [
        refuse,
        lambda request: httpx.Response(503),
        lambda request: httpx.Response(401),
        lambda request: httpx.Response(200, text="<html>"),
        lambda request: httpx.Response(302, headers={"Location": "http://evil.example"}),
    ],
    ids=["refused", "503", "401", "not JSON", "elsewhere"],
)
def test_register_away_is_one_error_and_the_copy_stays(suite, answer):
    away(suite, answer)
    with suite.events.app_context():
        with pytest.raises(client.RegisterAway):
            copying.pull(suite.events)
        with pytest.raises(Unavailable):
            queries.person("0" * 16)
        assert queries.person_by_mail("teacher0001@example.invalid")


def test_events_goes_on_answering_with_the_register_away(suite):
    organiser, teacher = suite.sign_in("organiser"), suite.sign_in("teacher")
    away(suite, refuse)
    start, end = ((utcnow() + timedelta(days=9, hours=hour)).isoformat() for hour in (0, 2))
    body = {
        "kind": "seminar",
        "title": {"ru": "Семинар"},
        "starts_at": start,
        "ends_at": end,
        "audience": {"rule": "small_class"},
    }
    made = suite.json("POST", "/api/v1/events", body, as_=organiser).get_json()
    assert suite.json("POST", f"/api/v1/events/{made['id']}/publish", as_=organiser).status_code == 200
    assert suite.json("POST", f"/api/v1/events/{made['id']}/registrations", {}, as_=teacher).status_code == 201
    assert suite.get(f"/events/{made['slug']}").status_code == 200
    assert suite.json("GET", "/health/ready").status_code == 200


def test_patience_with_a_slow_register_is_bounded_as_a_whole(suite):
    asked = []

    def slow(request):
        asked.append(request)
        return httpx.Response(
            200, json={"items": [{"kind": "x", "id": "x", "row": None}], "next": 10**6 + len(asked), "more": True}
        )

    away(suite, slow)
    with suite.events.app_context(), pytest.raises(client.RegisterAway):
        copying.pull(suite.events, within=0.5)
    assert asked
