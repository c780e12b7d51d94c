"""A person's own calendar: what is in it, and how its secret address dies."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from events_service.calendars.models import FeedAddress
from events_service.db import db
from events_service.directory.models import Person
from tests.events_service.calendars.reading import entries, person_id, personal, switch, write
from tests.events_service.scene import Scene, entry_of, mail_of, play
from tests.support.suite import ORIGIN, Suite

pytestmark = pytest.mark.either_engine


def address(suite: Suite, number: int = 1) -> str:
    reply = suite.json("GET", "/api/v1/me/calendar", as_=suite.sign_in("teacher", number))
    return reply.get_json()["url"]


def path(suite: Suite, number: int = 1) -> str:
    return address(suite, number).removeprefix(ORIGIN)


def mine(scene: Scene, number: int = 1):
    return entry_of(scene.suite.json("GET", path(scene.suite, number)).data, scene.event["uid"])


def test_calendar_holds_what_she_registered_for(suite: Suite) -> None:
    scene, other = play(suite), play(suite)
    row = scene.register(1)
    found = mine(scene)
    assert found is not None
    assert str(found["CONFERENCE"]) == "https://zoom.example/j/123"
    assert mine(other) is None
    scene.withdraw(row, 1)
    assert mine(scene) is None


def test_calendar_of_one_who_waits_says_so_and_keeps_the_link_back(suite: Suite) -> None:
    scene = play(suite, capacity=1)
    scene.register(2)
    scene.register(1)
    found = mine(scene)
    assert found is not None
    assert found["STATUS"] == "TENTATIVE"
    assert "CONFERENCE" not in found
    assert "zoom.example" not in found["DESCRIPTION"]


def test_link_of_one_reader_never_reaches_another(suite: Suite) -> None:
    scene = play(suite, capacity=1)
    scene.register(2)
    scene.register(1)
    seated, waiting, stranger = mine(scene, 2), mine(scene, 1), scene.entry()
    assert ["CONFERENCE" in entry for entry in (seated, waiting, stranger) if entry] == [True, False, False]
    assert mine(scene, 2) == seated


def test_cancelled_event_stays_in_her_calendar(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    scene.cancel()
    found = mine(scene)
    assert found is not None
    assert found["STATUS"] == "CANCELLED"


def test_mail_and_calendar_share_uid_and_sequence(suite: Suite) -> None:
    scene = play(suite)
    row = scene.register(1)
    scene.cancel()
    scene.restore()
    letter = scene.letter("event_restored", row)
    found = mine(scene)
    assert letter is not None
    assert found is not None
    sent = entry_of(letter.calendar or b"", scene.event["uid"])
    assert sent is not None
    assert sent["SEQUENCE"] == found["SEQUENCE"] == 2
    assert sent["DTSTART"].dt == found["DTSTART"].dt


def entries_of(scene: Scene, number: int = 1):
    return entries(scene.suite, path(scene.suite, number))


def test_organiser_finds_her_own_events_but_no_drafts(suite: Suite) -> None:
    scene, copy = play(suite), play(suite)
    draft = copy.do("POST", copy.path("/duplicate"))
    found = entries(suite, personal(suite, 0, "organiser"))
    assert {scene.event["uid"], copy.event["uid"]} <= set(found)
    assert draft["uid"] not in found
    assert str(found[scene.event["uid"]]["CONFERENCE"]) == "https://zoom.example/j/123"
    assert found[scene.event["uid"]]["STATUS"] == "CONFIRMED"


def test_alarms_are_for_those_who_asked_and_never_of_a_cancelled_event(suite: Suite) -> None:
    scene, off, whole = play(suite), play(suite), play(suite, all_day=True, agenda=[])
    for one in (scene, off, whole):
        one.register(1)
    off.cancel()
    assert not any(entry.walk("VALARM") for entry in entries_of(scene).values())
    switch(suite, person_id(suite), alarms=True)
    found = {uid: [alarm["TRIGGER"].dt for alarm in entry.walk("VALARM")] for uid, entry in entries_of(scene).items()}
    assert found.pop(scene.event["uid"]) == [timedelta(days=-1), timedelta(hours=-1)]
    assert found.pop(whole.event["uid"]) == [timedelta(days=-1)]
    assert not any(found.values())
    assert not any(entry.walk("VALARM") for entry in entries(suite).values())
    write(scene, reminders=[30])
    assert [alarm["TRIGGER"].dt for alarm in entries_of(scene)[scene.event["uid"]].walk("VALARM")] == [
        timedelta(minutes=-30)
    ]


def test_cancelled_events_and_sessions_are_hidden_where_she_wants_it(suite: Suite) -> None:
    scene, off = play(suite), play(suite)
    scene.register(1)
    off.register(1)
    off.cancel()
    scene.change(agenda=[])
    assert [str(entry["STATUS"]) for entry in entries_of(scene).values()].count("CANCELLED") == 3
    switch(suite, person_id(suite), hide_cancelled=True)
    assert {uid: str(entry["STATUS"]) for uid, entry in entries_of(scene).items()} == {scene.event["uid"]: "CONFIRMED"}
    assert off.event["uid"] in entries(suite)


def test_registering_moves_the_validators(suite: Suite) -> None:
    scene = play(suite)
    before = suite.json("GET", path(suite))
    scene.register(1)
    after = suite.json("GET", path(suite), headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.headers["Last-Modified"] >= before.headers["Last-Modified"]


def test_looking_at_the_address_writes_nothing(suite: Suite) -> None:
    assert address(suite) == address(suite)
    suite.browser("kk", suite.sign_in("teacher", 1)).get("/calendars")
    with suite.events.app_context():
        assert db.session.scalars(select(FeedAddress)).all() == []


def test_old_address_dies_when_it_is_replaced(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    teacher, seen = suite.sign_in("teacher", 1), [address(suite)]
    for _ in range(3):
        reply = suite.json("POST", "/api/v1/me/calendar/rotate", as_=teacher)
        seen.append(reply.get_json()["url"])
    assert len(set(seen)) == 4
    statuses = [suite.json("GET", url.removeprefix(ORIGIN)).status_code for url in seen]
    assert statuses == [404, 404, 404, 200]
    assert address(suite) == seen[-1]
    assert mine(scene) is not None


def test_old_address_dies_when_it_is_replaced_on_the_page(suite: Suite) -> None:
    old = path(suite)
    browser = suite.browser("en", suite.sign_in("teacher", 1))
    browser.get("/calendars")
    browser.submit("/calendars/replace")
    assert "Your calendar has a new link" in browser.text
    assert path(suite) in browser.html
    assert suite.json("GET", old).status_code == 404


def test_replacing_one_address_leaves_the_others(suite: Suite) -> None:
    other = path(suite, 2)
    suite.json("POST", "/api/v1/me/calendar/rotate", as_=suite.sign_in("teacher", 1))
    assert suite.json("GET", other).status_code == 200


def test_forged_address_is_not_found(suite: Suite) -> None:
    good = path(suite)
    token = good.removeprefix("/calendars/my/").removesuffix(".ics")
    other = path(suite, 2).removeprefix("/calendars/my/").removesuffix(".ics")
    last = "0" if token[-1] != "0" else "1"
    forged = [token[:-1] + last, other[:-40] + token[-40:], token[:-40], token[-40:], "x", token + "0", "ә" * 56]
    for name in forged:
        reply = suite.json("GET", f"/calendars/my/{name}.ics")
        assert reply.status_code == 404, name
        assert b"BEGIN:VCALENDAR" not in reply.data


def test_address_of_a_closed_account_is_not_found(suite: Suite) -> None:
    found = path(suite)
    with suite.events.app_context(), db.transaction() as session:
        session.execute(update(Person).where(Person.email == mail_of(1)).values(active=False))
    assert suite.json("GET", found).status_code == 404


def test_address_says_nothing_in_the_calendar_itself(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    token = path(suite).removeprefix("/calendars/my/").removesuffix(".ics")
    assert token.encode() not in suite.json("GET", path(suite)).data


def test_address_is_for_those_who_signed_in(suite: Suite) -> None:
    assert suite.json("GET", "/api/v1/me/calendar").status_code == 401
    assert suite.json("POST", "/api/v1/me/calendar/rotate").status_code == 401
