"""The invariants: they hold of a healthy suite, and each names the row that breaks it."""

import pytest
from sqlalchemy import text

import events_service.invariants as of_events
import registry_service.invariants as of_register
from events_service.db import db as events_db
from registry_service.db import db as registry_db
from services.invariants import check
from tests.worker.test_jobs import places, published, register
from worker import checking

# What is planted (by one statement or several), what it must be called, and the row it must name.
EVENTS = [
    ("UPDATE event SET capacity = 2, seats_taken = 2 WHERE id = :event", "I1 seats taken", "event"),
    ("UPDATE event SET waiting = waiting + 1 WHERE id = :event", "I1 seats taken", "event"),
    (
        "DROP INDEX uq_registration_live; UPDATE registration SET attendee = 'same' WHERE event_id = :event",
        "I2 one live",
        "",
    ),
    ("UPDATE event SET capacity = capacity + 1 WHERE id = :event", "I3 no free seat", "event"),
    (
        "UPDATE registration SET queued_at = '2020-01-01 00:00:00.000000' WHERE public_id = :waits",
        "I3 nobody seated",
        "seated",
    ),
    ("DELETE FROM notification WHERE subject_ref = :seated", "I4 one message", "seated"),
    ("UPDATE registration SET version = version + 1 WHERE public_id = :waits", "I4 one message", "waits"),
    ("UPDATE notification SET subject_ref = 'none' WHERE id = :message", "I4 no message without", "message"),
    ("UPDATE event SET status = 'cancelled' WHERE id = :event", "I4 all registered", "seated"),
    (
        "UPDATE notification SET due_at = '2020-01-01 00:00:00.000000' WHERE id = :message",
        "I5 no message overdue",
        "message",
    ),
    ("UPDATE notification SET status = 'sending' WHERE id = :message", "I5 no message overdue", "message"),
    (
        "UPDATE notification SET status = 'sending', lease_until = '2020-01-01 00:00:00.000000' WHERE id = :message",
        "I5 no message overdue",
        "message",
    ),
    ("UPDATE notification SET status = 'lost' WHERE id = :message", "I5 no message overdue", "message"),
    ("UPDATE notification SET status = 'sent' WHERE id = :message", "I6 a sent message", "message"),
    (
        "INSERT INTO stage (id, event_id, code, position, kind, title, weight, blind, status, turns, version, "
        "compilation_id) VALUES ('s', :event, 'S', 0, 'final', '{}', 0, :no, 'closed', 0, 1, 'none')",
        "I7 published results",
        "stage",
    ),
    (
        "INSERT INTO idempotency_key (actor_id, route, key, digest, status, at) "
        "VALUES ('a', 'r', 'k', '', 0, '2026-11-01 00:00:00.000000')",
        "I9 a kept answer",
        "",
    ),
    (
        "UPDATE notification SET kind = 'event_changed', sequence = 9 WHERE id = :message",
        "I11 SEQUENCE",
        "event",
    ),
    ("DELETE FROM audit WHERE entity_id = :event", "I12 one line of history for each change of an", "event"),
    ("DELETE FROM audit WHERE entity_id = :seated", "I12 one line of history for each change of a r", "seated"),
]  # fmt: skip
REGISTER = [
    ("DELETE FROM notification WHERE subject_ref = :link", "I4 one message for each link", "link"),
    ("DELETE FROM change WHERE seq = 5", "I9 the change feed", ""),
    ("UPDATE counter SET value = value - 1 WHERE name = 'changes'", "I9 the change feed", ""),
    ("DELETE FROM change WHERE entity_id = :person", "I9 each change of a person", "person"),
    ("UPDATE person SET version = version + 1 WHERE id = :person", "I12 one line of history", "person"),
]


@pytest.fixture
def ids(suite):
    """An event with one seat taken and one who waits, a link to sign in, and a person who was changed."""
    event = published(suite, capacity=1)
    seated, waits = register(suite, event, 0)["id"], register(suite, event, 1)["id"]
    page = suite.browser()
    page.get("/registry/sign-in")
    page.submit(email="teacher0005@example.invalid")
    registrar = suite.sign_in("registrar")
    person = suite.json("GET", "/registry/api/v1/people?q=teacher0006", as_=registrar).get_json()["items"][0]["id"]
    body = {"name": "Жаңа Есімі"}
    assert suite.json("PATCH", f"/registry/api/v1/people/{person}", body, as_=registrar).status_code == 200
    with suite.registry.app_context():
        link = registry_db.session.scalar(text("SELECT id FROM sign_in_link"))
    with suite.events.app_context():
        message = events_db.session.scalar(text("SELECT id FROM notification WHERE subject_ref = :r"), {"r": seated})
    planted = {"stage": "s", "no": False}
    return {
        **planted,
        "event": event,
        "seated": seated,
        "waits": waits,
        "link": link,
        "person": person,
        "message": message,
    }


def findings(connection, invariants):
    return {f"{one.of.name} {one.of.says}": one for one in check(connection, invariants) if one.broken}


@pytest.mark.parametrize(
    ("place", "db", "invariants", "plants"),
    [
        ("events", events_db, of_events.invariants, EVENTS),
        ("registry", registry_db, of_register.invariants, REGISTER),
    ],
    ids=["events", "register"],
)
def test_each_invariant_holds_and_names_the_row_that_breaks_it(suite, ids, place, db, invariants, plants):
    with places(suite)[place].app_context(), db.engine.connect() as connection:
        for statements, named, row in plants:
            assert findings(connection, invariants()) == {}
            for statement in statements.split("; "):
                given = {name: ids[name] for name in ids if f":{name}" in statement}
                connection.execute(text(statement), given)
            found = findings(connection, invariants())
            connection.rollback()
            [one] = [finding for says, finding in found.items() if says.startswith(named)] or [None]
            assert one, f"{statements}: {list(found)}"
            assert not row or str(ids[row]) in one.ids, statements
    shown = {named.split()[0] for _, named, _ in plants}
    assert shown >= {one.name for one in invariants()} - {"I5", "I6", "I8", "I9"}  # I8: scoring/test_invariants.py


def test_healthy_suite_is_reported_in_a_line_an_invariant(suite, ids, capsys):
    suite.drain()
    assert checking.report(places(suite)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        len(lines) == len(of_events.invariants()) + len(of_register.invariants()) + 1
    )  # and results reckoned once more
    assert all(line.endswith("checked, 0 broken") for line in lines)


@pytest.mark.breaks("I1", "I2", "I12")
def test_operator_sees_what_is_broken_by_id_and_nobody_by_name(suite, ids, capsys):
    with suite.events.app_context(), events_db.transaction() as session:
        session.execute(text("UPDATE event SET waiting = 0 WHERE id = :event"), {"event": ids["event"]})
        session.execute(text("DELETE FROM audit WHERE entity_id = :seated"), {"seated": ids["seated"]})
    assert checking.report(places(suite)) == 1
    bad = [line for line in capsys.readouterr().out.splitlines() if "BROKEN" in line]
    assert len(bad) == 2
    assert bad[0].startswith("events   I1 ") and bad[0].endswith(f"1 BROKEN: {ids['event']}")
    assert ids["seated"] in bad[1]
    assert "@" not in "".join(bad)
