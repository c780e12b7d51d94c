"""Digests at the sink: one a day and one a week, only where there is something to say."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from events_service.db import Notification, db
from events_service.directory.models import Person, School
from events_service.events.models import Event
from services.fields import zone_info
from tests.events_service.scene import Scene, mail_of, move_to, other_school, play, small_school, text_of
from tests.events_service.subscriptions.follower import Follower
from tests.support.suite import Suite
from worker import jobs

pytestmark = pytest.mark.one_engine("sqlite")
ALMATY = zone_info("Asia/Almaty")
SUNDAY = datetime(2027, 2, 7, 12, tzinfo=ALMATY)
PROGRAMME = "USHQYR_OI"
WEEK, DISTRICT = ("Ближайшие события по", "Жазылымдарыңыз"), ("Новости вашего", "Ауданыңыздың")


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(SUNDAY, tick=False):
        yield


def work(suite: Suite, at: datetime, beats: int = 1) -> None:
    with time_machine.travel(at, tick=False):
        for _ in range(beats):
            jobs.run("owe_digests", {"registry": suite.registry, "events": suite.events})
            suite.drain()


def digests(suite: Suite, words: tuple[str, ...]) -> list:
    return [mail for mail in suite.mails() if str(mail["Subject"]).startswith(words)]


def soon(suite: Suite, days: int = 3, **content: object) -> Scene:
    day = (SUNDAY + timedelta(days=days)).date()
    times = {"starts_at": f"{day}T10:00", "ends_at": f"{day}T12:00", "agenda": []}
    return play(suite, **{**times, **content})


@pytest.mark.both_engines
def test_monday_brings_one_letter_of_what_is_followed_and_comes(suite: Suite) -> None:
    follower = Follower(suite)
    follower.follow(programme=[PROGRAMME])
    Follower(suite, 6).follow(subject=[])
    followed = soon(suite, programme=PROGRAMME, title={"kk": "Бірінші"})
    soon(suite, days=40, programme=PROGRAMME, title={"kk": "Алыс"})
    soon(suite, title={"kk": "Бөтен"})
    work(suite, SUNDAY + timedelta(hours=2))
    assert digests(suite, WEEK) == []
    work(suite, SUNDAY.replace(day=8, hour=7, minute=59))
    assert digests(suite, WEEK) == []
    for hour in (8, 9):
        work(suite, SUNDAY.replace(day=8, hour=hour), beats=2)
    work(suite, SUNDAY.replace(day=9))
    mails = digests(suite, WEEK)
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == [mail_of(5)]
    said = text_of(mails[0])
    assert f"/events/{followed.event['slug']}" in said and "Бірінші" in said
    assert "Алыс" not in said and "Бөтен" not in said


def test_week_with_nothing_and_muted_weeks_bring_no_row(suite: Suite) -> None:
    follower, muted = Follower(suite), Follower(suite, 6)
    follower.follow(programme=[PROGRAMME])
    with suite.events.app_context(), db.transaction() as session:  # the region has events of its own
        session.execute(update(Event).values(programme=""))
    muted.put(follows={"subject": []}, letters={"weekly_digest": False})
    work(suite, SUNDAY.replace(day=8))
    with suite.events.app_context():
        found = db.session.scalars(db.select(Notification).where(Notification.kind == "weekly_digest"))
        assert found.all() == []


def test_week_leaves_out_what_is_only_for_other_schools(suite: Suite) -> None:
    inside, outside = Follower(suite), Follower(suite, 6)
    for one in (inside, outside):
        one.follow(programme=[PROGRAMME])
    only = {"audience": {"rule": "small_class"}, "restrict_to_audience": True, "programme": PROGRAMME}
    with suite.events.app_context(), db.transaction() as session:
        session.execute(update(Event).values(programme=""))
    scene = soon(suite, **only)
    move_to(scene, 5, small_school(scene).id)
    move_to(scene, 6, other_school(scene).id)
    work(suite, SUNDAY.replace(day=8))
    told = [mail["To"].addresses[0].addr_spec for mail in digests(suite, WEEK)]
    assert told == [mail_of(5)]


def test_week_missed_on_monday_comes_until_wednesday(suite: Suite) -> None:
    Follower(suite).follow(programme=[PROGRAMME])
    soon(suite, days=5, programme=PROGRAMME)
    work(suite, SUNDAY.replace(day=10))
    assert len(digests(suite, WEEK)) == 1
    work(suite, SUNDAY.replace(day=18))
    assert len(digests(suite, WEEK)) == 1


def test_morning_tells_a_coordinator_what_is_new_in_her_district(suite: Suite) -> None:
    district = suite_district(suite)
    number = teacher_of(suite, district)
    scene = soon(suite, audience={"rule": "district", "district": district})
    scene.register(number)
    suite.drain()
    with suite.events.app_context(), db.transaction() as session:
        session.execute(update(Notification).where(Notification.topic == scene.event["id"]).values(status="failed"))
    work(suite, SUNDAY.replace(day=8, hour=8), beats=2)
    [mail] = [m for m in digests(suite, DISTRICT) if m["To"].addresses[0].addr_spec == "coordinator0@example.invalid"]
    said, url = text_of(mail), f"http://127.0.0.1:8000/events/{scene.event['slug']}"
    assert {f"{url}/registrations", url} <= set(said.split())
    assert mail_of(number) in said
    told = {m["To"].addresses[0].addr_spec for m in digests(suite, DISTRICT) if mail_of(number) in text_of(m)}
    assert told == coordinators_of(suite, district)
    work(suite, SUNDAY.replace(day=9, hour=8))
    [_, second] = [
        m for m in digests(suite, DISTRICT) if m["To"].addresses[0].addr_spec == "coordinator0@example.invalid"
    ]
    assert mail_of(number) not in text_of(second)


def test_digest_owed_to_who_coordinates_no_more_is_not_sent(suite: Suite) -> None:
    district = suite_district(suite)
    soon(suite, audience={"rule": "district", "district": district})
    with time_machine.travel(SUNDAY.replace(day=8, hour=8), tick=False):
        jobs.run("owe_digests", {"registry": suite.registry, "events": suite.events})
        with suite.events.app_context(), db.transaction() as session:
            session.execute(update(Person).where(Person.email == "coordinator0@example.invalid").values(roles=[]))
        suite.drain()
    told = {mail["To"].addresses[0].addr_spec for mail in digests(suite, DISTRICT)}
    assert "coordinator0@example.invalid" not in told
    assert told


def test_empty_day_brings_no_row(suite: Suite) -> None:
    work(suite, SUNDAY.replace(year=2031, month=7, day=7))
    assert digests(suite, DISTRICT) == []


def suite_district(suite: Suite) -> str:
    with suite.events.app_context():
        found = db.session.scalars(db.select(Person).where(Person.email == "coordinator0@example.invalid")).one()
        return next(role for role in found.roles if role.startswith("coordinator:")).partition(":")[2]


def coordinators_of(suite: Suite, district: str) -> set[str]:
    with suite.events.app_context():
        people = db.session.scalars(db.select(Person)).all()
        return {person.email for person in people if f"coordinator:{district}" in person.roles}


def teacher_of(suite: Suite, district: str) -> int:
    with suite.events.app_context():
        of_district = db.select(School.id).where(School.territory_code == district)
        rows = db.select(Person.email).where(Person.email.like("teacher%"), Person.school_id.in_(of_district))
        return int(db.session.scalars(rows.order_by(Person.email)).first()[7:11])
