"""A mail server that puts off, refuses, hangs or hangs up (F9), and clocks that jump (F10).

`MAIL_MIX` is how many letters go to one that does all of it while senders are killed (FAULTS_FULL: 200, and 8 kills).
"""

import dataclasses
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from events_service.db import Notification, db
from services import outbox, transports
from services.database import utcnow
from tests.faults.house import scaled
from tests.support import smtp
from tests.support.processes import PATIENCE
from tests.worker.test_jobs import places, published, register
from worker.delivery import OUTBOXES, drain_all

pytestmark = pytest.mark.one_engine("postgres")

LETTERS = 12


def mood(number, before):
    """What the server does with the letter to a person when it comes for the nth time."""
    always = {2: "550 no such mailbox", 3: smtp.Sink.DROP}
    at_first = {0: ["451 later", "451 later"], 1: ["421 too busy"], 4: [smtp.Sink.DROP], 5: [smtp.Sink.HANG]}
    return always.get(number) or dict(enumerate(at_first.get(number, []))).get(before)


@pytest.fixture
def moody(suite, monkeypatch):
    """A sink in those moods; the suite's letters go there, and tries follow each other at once."""
    monkeypatch.setattr(transports, "READ_TIMEOUT", 0.5)
    monkeypatch.setattr(outbox, "RETRIES", (timedelta(0),) * 9)
    sink, seen = smtp.start(), Counter()

    def script(envelope):
        number = int(envelope.rcpt_tos[0][7:11])
        seen[number] += 1
        return mood(number, seen[number] - 1)

    sink.script = script
    suite.events.config["SETTINGS"] = dataclasses.replace(suite.settings, mail_url=sink.url)
    yield sink
    sink.stop()


def check_each_ends(suite, sink):
    """Put off: tried again and sent. Refused: failed. Perhaps accepted: thrice at most, as copies of one letter."""
    event = published(suite)
    for number in range(LETTERS):
        register(suite, event, number)
    for _ in range(6):
        drain_all(places(suite))
    with suite.events.app_context():
        rows = db.session.execute(
            select(Notification.recipient, Notification.status, Notification.attempts, Notification.error)
        ).all()
    rows = {int(row.recipient[7:11]): row for row in rows if row.attempts}
    statuses = {number: row.status for number, row in rows.items()}
    assert statuses == {number: {2: "failed", 3: "uncertain"}.get(number, "sent") for number in range(LETTERS)}
    assert rows[2].error.startswith("550") and rows[2].attempts == 1
    assert {number: rows[number].attempts for number in (0, 1, 3, 4, 5, 6)} == {0: 3, 1: 2, 3: 3, 4: 2, 5: 2, 6: 1}
    copies = {int(address[7:11]): ids for address, ids in sink.copies().items()}
    assert {number: len(ids) for number, ids in copies.items()} == {
        number: {3: 3, 4: 2, 5: 2}.get(number, 1) for number in range(LETTERS) if number != 2
    }
    assert all(len(set(ids)) == 1 for ids in copies.values())


def test_each_letter_ends_where_the_server_lets_it(suite, moody):
    check_each_ends(suite, moody)


def mixed(number):
    """Of twenty letters three are put off, one is refused as too many, one is taken and nothing is said of it."""
    doubt = smtp.Sink.DROP if number % 40 < 20 else smtp.Sink.HANG
    return {0: "451 later", 1: "451 later", 2: "451 later", 3: "421 too busy", 4: doubt}.get(number % 20)


@pytest.mark.slow
def test_letters_all_arrive_where_everything_goes_wrong_at_once(suite, house):
    letters = scaled("MAIL_MIX", 40, 200)
    points = ("after_data", "before_sent", "after_claim", "after_data") * 2
    kills = [f"{point}=kill@3" for point in points[: max(2, letters // 25)]]
    sink, seen, event = smtp.start(), Counter(), published(suite, capacity=letters)

    def script(envelope):
        number = int(envelope.rcpt_tos[0][7:11])
        seen[number] += 1
        return mixed(number) if seen[number] == 1 else None

    sink.script = script
    try:
        for number in range(letters):
            register(suite, event, number)
        house.loop(MAIL_URL=sink.url, REDIS_URL="", SHORT="1", KILLS="|".join(kills))
        house.until_settled(event, PATIENCE + letters)
    finally:
        sink.stop()
    copies = {int(address[7:11]): ids for address, ids in sink.copies().items()}
    assert sorted(copies) == list(range(letters))
    assert all(len(set(ids)) == 1 for ids in copies.values())
    doubtful = {number for number in copies if number % 20 == 4}
    assert all(len(copies[number]) > 1 for number in doubtful)
    twice = sum(len(ids) - 1 for ids in copies.values()) - len(doubtful)
    assert 0 < twice <= len(kills)  # what the killed had in their hands


@pytest.mark.parametrize(
    ("name", "value"),
    [("MOST_AMBIGUOUS", 99), ("RETRIES", ()), ("message_id", lambda row, settings: f"<{row.id}.{row.attempts}@q>")],
)
def test_bad_server_is_noticed_when_a_guard_is_taken_out(suite, moody, monkeypatch, name, value):
    monkeypatch.setattr(outbox, name, value)
    with pytest.raises(AssertionError):
        check_each_ends(suite, moody)


def test_organiser_sees_what_the_server_refused_and_what_nobody_knows(suite, moody):
    event = published(suite)
    for number in (2, 3):
        register(suite, event, number)
    for _ in range(4):
        drain_all(places(suite))
    answer = suite.json("GET", f"/api/v1/notifications?event={event}", as_=suite.sign_in("organiser", 0)).get_json()
    assert {item["status"] for item in answer["items"]} == {"failed", "uncertain"}


def test_letter_that_met_a_database_away_is_tried_again_and_not_given_up(suite, monkeypatch):
    event, away = published(suite), OperationalError("SELECT 1", {}, Exception("the server has gone"))
    register(suite, event, 0)
    monkeypatch.setattr(outbox, "RETRIES", (timedelta(0),) * 9)
    box, replies = OUTBOXES["events"], [away, None]

    def render(row):
        if reply := replies.pop(0):
            raise reply
        return box.render(row)

    monkeypatch.setitem(OUTBOXES, "events", dataclasses.replace(box, render=render))
    drain_all(places(suite))
    assert replies == []
    with suite.events.app_context():
        row = db.session.scalars(select(Notification).where(Notification.topic == event)).one()
    assert (row.status, row.attempts) == ("sent", 2)


@pytest.mark.parametrize(
    ("status", "due", "lease", "taken"),
    [
        ("queued", timedelta(hours=1), None, False),
        ("queued", timedelta(days=3), None, True),  # no retry waits so long: the clock stood wrong
        ("sending", timedelta(0), timedelta(seconds=100), False),
        ("sending", timedelta(0), timedelta(hours=1), True),  # no lease lasts so long
        ("sending", timedelta(0), timedelta(seconds=-1), True),
    ],
)
def test_clock_that_was_wrong_keeps_no_letter_for_good(suite, status, due, lease, taken):
    event, now = published(suite), utcnow()
    register(suite, event, 0)
    box = OUTBOXES["events"]
    with suite.events.app_context():
        with db.transaction() as session:
            row = session.scalars(select(Notification).where(Notification.topic == event)).one()
            row.status, row.due_at, row.lease_until = status, now + due, now + lease if lease else None
            row.claim = "other"
        assert (outbox.claim(box) is not None) is taken
        with db.transaction() as session:
            session.execute(text("UPDATE notification SET status = 'queued' WHERE topic = :e"), {"e": event})
