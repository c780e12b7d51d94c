"""The reserve for small-class schools against an independent model of its rule, and its release by hand."""

import os
import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from demo.people import UMC_ORGANISERS
from events_service.db import Audit, db
from events_service.directory.queries import audience_schools
from events_service.events import planning, seats
from events_service.registrations import booking
from events_service.registrations.attendees import Attendee
from events_service.registrations.models import LIVE, Registration
from events_service.registrations.pages import GUEST
from services.database import utcnow
from services.errors import Conflict, Invalid
from services.fields import today
from services.identity import Actor
from tests.events_service.desk import organiser_at
from tests.events_service.scene import in_days, mail_of, move_to, other_school, play, small_school

ORGANISER = Actor("org", "Organiser", frozenset({"organiser:UMC"}), "")
PEOPLE = [(f"small{number}", True) for number in range(6)] + [(f"other{number}", False) for number in range(6)]
SCHEDULES, STEPS = int(os.environ.get("QONYRAU_SCHEDULES", "100")), 8


class Model:
    """The rule as it is written in the design, with nothing but a list of people in the order they came."""

    def __init__(self, capacity, reserve):
        self.capacity, self.reserve, self.released = capacity, reserve, False
        self.people = []  # [name, small, waits]

    def taken(self, small=None):
        return sum(not waits for _name, is_small, waits in self.people if small in (None, is_small))

    def fits(self, small):
        if self.capacity is None:
            return True
        kept = 0 if small or self.released else max(0, self.reserve - self.taken(small=True))
        return self.taken() < self.capacity - kept

    def arrive(self, name, small):
        if any(person[0] == name for person in self.people):
            return
        before_her = [person for person in self.people if person[2] and (person[1] or not small)]
        self.people.append([name, small, bool(before_her) or not self.fits(small)])

    def withdraw(self, name):
        self.people = [person for person in self.people if person[0] != name]
        self.settle()

    def resize(self, capacity, reserve):
        if capacity is not None and capacity < self.taken() or reserve > (capacity or 0):
            return False
        self.capacity, self.reserve = capacity, reserve
        self.settle()
        return True

    def release(self):
        self.released = self.released or self.reserve > 0
        self.settle()

    def settle(self):
        while first := next((person for person in self.people if person[2] and self.fits(person[1])), None):
            first[2] = False

    def state(self):
        waiting = [name for name, _small, waits in self.people if waits]
        return sorted(name for name, _small, waits in self.people if not waits), waiting


def state_of(session, event):
    """Who has a place, and who waits in which order; the counters must say the same."""
    columns = select(Registration.name, Registration.status, Registration.small)
    live = Registration.event_id == event.id, Registration.status.in_(LIVE)
    rows = session.execute(columns.where(*live).order_by(Registration.queued_at, Registration.id)).all()
    waiting = [name for name, status, _small in rows if status == "waitlisted"]
    seated = {name: small for name, status, small in rows if status == "confirmed"}
    assert (event.seats_taken, event.small_taken, event.waiting) == (len(seated), sum(seated.values()), len(waiting))
    return sorted(seated), waiting


def random_steps(rng):
    """One schedule: capacity and reserve to begin with, and what happens then."""
    capacity = rng.randint(1, 6)
    steps = [(capacity, rng.randint(0, capacity))]
    for _ in range(STEPS):
        what = rng.choices(("arrive", "withdraw", "resize", "release", "time"), (10, 4, 2, 0.5, 0.5))[0]
        size = rng.choice([None, *range(1, 8)])
        steps.append((what, rng.choice(PEOPLE), size, rng.randint(0, 4)))
    return steps


def first_difference(session, schools, seed):
    """Run one schedule through the verbs and through the model; the first step after which they differ."""
    (capacity, reserve), *steps = random_steps(random.Random(seed))
    model, event = Model(capacity, reserve), publish(session, capacity, reserve, schools[True])
    for number, (what, (name, small), size, kept) in enumerate(steps):
        if what == "arrive":
            model.arrive(name, small)
            mail = f"{name}@example.invalid"
            booking.register(session, GUEST, event.id, Attendee(name, mail, "kk", schools[small], small))
        elif what == "withdraw":
            model.withdraw(name)
            row = booking.find_live(session, event.id, f"mail:{name}@example.invalid")
            if row:
                booking.withdraw(session, GUEST, row)
        elif what == "resize":
            assert model.resize(size, kept) == resized(session, event, size, kept), (seed, number, what)
        elif what == "release":
            model.release()
            planning.release(session, ORGANISER, event.id)
        else:  # its time comes, and the worker looks
            event.reserve_until = utcnow() - timedelta(seconds=1)
            model.released = True
            model.settle()
            seats.promote(session, seats.take_turn(session, event.id))
        if state_of(session, event) != model.state():
            return seed, number, what, state_of(session, event), model.state()
    return None


def publish(session, capacity, reserve, school):
    at = datetime(today().year + 1, 3, 1, 5, tzinfo=UTC)
    body = {"kind": "seminar", "title": {"kk": "Семинар"}, "starts_at": at, "ends_at": at + timedelta(hours=2)}
    places = {
        "capacity": capacity,
        "small_class_reserve": reserve,
        "audience": {"rule": "schools", "schools": [school]},
    }
    event = planning.create(session, ORGANISER, body | places)
    return planning.publish(session, ORGANISER, event.id)


def resized(session, event, capacity, reserve):
    try:
        planning.change(session, ORGANISER, event.id, {"capacity": capacity, "small_class_reserve": reserve})
    except (Conflict, Invalid):
        return False
    return True


@pytest.fixture
def schools(suite):
    """A small-class school and one that is not, by whether they are."""
    with suite.events.app_context():
        small = db.session.scalars(audience_schools({"rule": "small_class"}, today())).first()
        ordinary = db.session.scalars(audience_schools({"rule": "centres"}, today())).first()
        return {True: small.id, False: ordinary.id}


def differences(suite, schools, seeds):
    with suite.events.app_context(), suite.events.test_request_context(), db.transaction() as session:
        return next(filter(None, (first_difference(session, schools, seed) for seed in seeds)), None)


def test_random_schedules_end_as_the_model_says(suite, schools):
    assert differences(suite, schools, range(SCHEDULES)) is None


WRONG = {
    "reserved_now": lambda event: 0 if seats.is_released(event) else event.small_class_reserve,
    "room_for": lambda event, small: event.capacity is None or event.seats_taken < event.capacity,
}


@pytest.mark.breaks("I1", "I2", "I3", "I4", "I12")
def test_negative_control_a_wrong_rule_is_noticed(suite, schools, monkeypatch):
    for name, wrong in WRONG.items():
        with monkeypatch.context() as patched:
            patched.setattr(seats, name, wrong)
            assert differences(suite, schools, range(SCHEDULES)) is not None, name


def test_who_waits_for_a_reserve_that_ran_out_comes_before_who_comes_now(suite):
    scene = play(suite, capacity=1, small_class_reserve=1, reserve_until=in_days(5))
    move_to(scene, 0, other_school(scene).id)
    move_to(scene, 1, small_school(scene).id)
    waiting = scene.register(0)
    assert waiting["status"] == "waitlisted"
    with suite.events.app_context(), db.transaction() as session:
        seats.take_turn(session, scene.event["id"]).reserve_until = utcnow() - timedelta(seconds=1)

    assert scene.register(1)["status"] == "waitlisted"
    assert [item["recipient"] for item in scene.owed("registration_promoted")] == [mail_of(0)]


def test_organiser_releases_the_reserve_by_json_once(suite):
    scene = play(suite, capacity=2, small_class_reserve=2)
    move_to(scene, 0, other_school(scene).id)
    assert scene.register(0)["status"] == "waitlisted"

    assert [scene.do("POST", scene.path("/release"))["promoted"] for _ in range(2)] == [1, 0]
    assert len(scene.owed("registration_promoted")) == 1
    with suite.events.app_context():
        found = select(Audit).where(Audit.entity_id == scene.event["id"], Audit.action == "event.reserve_released")
        assert len(db.session.scalars(found).all()) == 1
    stranger = suite.sign_in("organiser", UMC_ORGANISERS)
    assert suite.json("POST", scene.path("/release"), as_=stranger).status_code == 404
    assert suite.json("POST", scene.path("/release"), as_=suite.sign_in("teacher", 0)).status_code == 403
    scene.cancel()
    assert suite.json("POST", scene.path("/release"), as_=scene.organiser).status_code == 409


def test_page_says_what_is_kept_until_when_and_the_organiser_releases_it(suite):
    scene = play(suite, capacity=9, small_class_reserve=4, reserve_until=in_days(5, "18:00"))
    slug = scene.event["slug"]
    anyone = suite.browser("en")
    anyone.get(f"/events/{slug}")
    assert "4 of them are kept for small-class schools" in anyone.text
    assert "Kept until" in anyone.text and "18:00" in anyone.text
    assert f"/events/{slug}/release" not in anyone.html

    browser = organiser_at(suite, f"/events/{slug}")
    assert f"/events/{slug}/release" in browser.html
    browser.get(f"/events/{slug}/release")
    assert "4 places are kept" in browser.text
    browser.submit()
    assert "The places are open to everybody" in browser.html
    assert "kept" not in browser.text
    assert f"/events/{slug}/release" not in browser.html
