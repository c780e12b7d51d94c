"""Periodic work: each slot once, the old forgotten, the copy kept, reserved places released."""

from datetime import timedelta

from sqlalchemy import select, update

from events_service.db import IdempotencyKey, Notification, db
from events_service.directory.models import Person as Copy
from events_service.events.models import Event
from events_service.registrations.models import Registration
from registry_service.db import Change, Counter
from registry_service.db import db as registry_db
from registry_service.people.models import Person, SignInSession
from services import ledger
from services.database import utcnow
from worker import jobs
from worker.delivery import drain_all


def places(suite):
    return {"registry": suite.registry, "events": suite.events}


def published(suite, **content):
    organiser = suite.sign_in("organiser", 0)
    start = utcnow() + timedelta(days=20)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    body = {"kind": "seminar", "title": {"ru": "Тихая работа"}, **times, **content}
    ref = suite.json("POST", "/api/v1/events", body, as_=organiser).get_json()["id"]
    assert suite.json("POST", f"/api/v1/events/{ref}/publish", as_=organiser).status_code == 200
    return ref


def register(suite, ref, number):
    reply = suite.json("POST", f"/api/v1/events/{ref}/registrations", {}, as_=suite.sign_in("teacher", number))
    assert reply.status_code == 201, reply.text
    return reply.get_json()


def ordinary_teacher(suite):
    """The number of a teacher whose school is not small-class."""
    with suite.registry.app_context():
        people = registry_db.session.scalars(select(Person).where(Person.email.like("teacher%")).limit(800))
        return next(p.demo_number for p in people if not p.school.statuses and p.school.kind == "general")


def test_old_bodies_and_answers_are_forgotten_and_young_ones_kept(suite):
    ref = published(suite, capacity=5)
    for number in (0, 1):
        register(suite, ref, number)
    drain_all(places(suite))
    with suite.events.app_context(), db.transaction() as session:
        old = session.scalars(select(Notification).where(Notification.topic == ref).order_by(Notification.id)).first()
        old.created_at = utcnow() - timedelta(days=91)
        for key, age in (("old", timedelta(hours=25)), ("young", timedelta(hours=1))):
            session.add(
                IdempotencyKey(actor_id="x", route="POST /x", key=key, digest="", status=200, at=utcnow() - age)
            )
    assert jobs.housekeeping(places(suite)) == 2
    with suite.events.app_context():
        rows = db.session.scalars(select(Notification).where(Notification.topic == ref).order_by(Notification.id))
        assert [(row.rendered is None, row.status) for row in rows] == [(True, "sent"), (False, "sent")]
        keys = db.session.scalars(select(IdempotencyKey.key).where(IdempotencyKey.actor_id == "x"))
        assert list(keys) == ["young"]


def test_slot_is_worked_once_whoever_comes_first(suite):
    jobs.housekeeping(places(suite))
    with suite.events.app_context(), db.transaction() as session:
        session.add(
            IdempotencyKey(actor_id="x", route="", key="k", digest="", status=200, at=utcnow() - timedelta(days=2))
        )
    assert jobs.housekeeping(places(suite)) == 0


def test_change_in_the_register_arrives_in_the_copy(suite):
    with suite.registry.app_context(), registry_db.transaction() as session:
        person = session.scalars(select(Person).where(Person.email == "teacher0005@example.invalid")).one()
        person.name = "Жаңа Есімі"
        ledger.change(session, Change, Counter, "person", person.id)
    assert jobs.pull_directory(places(suite)) == 1
    assert jobs.pull_directory(places(suite)) == 0
    with suite.events.app_context():
        assert db.session.get(Copy, person.id).name == "Жаңа Есімі"


def test_reserved_places_go_to_those_who_wait_once_their_time_has_come(suite):
    until = (utcnow() + timedelta(days=5)).isoformat()
    ref = published(suite, capacity=2, small_class_reserve=2, reserve_until=until)
    made = register(suite, ref, ordinary_teacher(suite))
    assert made["status"] == "waitlisted"
    assert jobs.release_reserves(places(suite)) == 0
    with suite.events.app_context(), db.transaction() as session:
        session.get(Event, ref).reserve_until = utcnow() - timedelta(seconds=1)
    assert jobs.release_reserves(places(suite)) == 1
    assert jobs.release_reserves(places(suite)) == 0
    with suite.events.app_context():
        event = db.session.get(Event, ref)
        assert (event.seats_taken, event.waiting) == (1, 0)
        kinds = db.session.scalars(select(Notification.kind).where(Notification.topic == ref).order_by(Notification.id))
        assert list(kinds) == ["registration_waiting", "registration_promoted"]


def turns_of(suite, ref):
    with suite.events.app_context():
        return db.session.scalar(select(Event.turns).where(Event.id == ref))


def test_full_and_past_events_are_not_written_to_again_and_again(suite):
    until = (utcnow() - timedelta(days=1)).isoformat()
    full = published(suite, capacity=1, small_class_reserve=1, reserve_until=until)
    over = published(suite, capacity=1, small_class_reserve=1, reserve_until=until)
    for ref in (full, over):
        register(suite, ref, 0)
        register(suite, ref, 1)
    with suite.events.app_context(), db.transaction() as session:
        past = {"starts_at": utcnow() - timedelta(days=2), "ends_at": utcnow() - timedelta(days=1)}
        session.execute(update(Event).where(Event.id == over).values(**past, capacity=2))
    before = [turns_of(suite, ref) for ref in (full, over)]
    assert jobs.release_reserves(places(suite)) == 0
    assert [turns_of(suite, ref) for ref in (full, over)] == before


def test_guests_who_never_confirmed_and_ended_sessions_are_forgotten(suite):
    ref, old = published(suite), utcnow() - timedelta(days=31)
    for name in ("old", "young", "came"):
        guest = {"name": name, "email": f"{name}@example.invalid"}
        assert suite.json("POST", f"/api/v1/events/{ref}/registrations", {"guest": guest}).status_code == 201
    with suite.events.app_context(), db.transaction() as session:
        aged = update(Registration).where(Registration.name.in_(("old", "came")))
        session.execute(aged.values(changed_at=old))
        session.execute(update(Registration).where(Registration.name == "came").values(status="withdrawn"))
    with suite.registry.app_context(), registry_db.transaction() as session:
        session.execute(update(SignInSession).values(expires_at=utcnow() - timedelta(days=2)))
    suite.sign_in("teacher", 7)
    jobs.housekeeping(places(suite))
    with suite.events.app_context():
        names = select(Registration.name).where(Registration.event_id == ref).order_by(Registration.name)
        assert list(db.session.scalars(names)) == ["came", "young"]
    with suite.registry.app_context():
        assert len(registry_db.session.scalars(select(SignInSession.id)).all()) == 1
