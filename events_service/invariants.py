"""What must hold of events, registrations and the letters they owe (docs/decisions/0011)."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select

from events_service import db as rows
from events_service.contests.models import Stage
from events_service.db import Audit, Notification
from events_service.events.models import CANCELLED, PUBLISHED, Event
from events_service.jury.models import Assignment
from events_service.notifications.causes import KINDS
from events_service.registrations.models import CONFIRMED, LIVE, WAITLISTED, WITHDRAWN, Registration
from events_service.results.models import DONE, Compilation
from events_service.scoring import invariants as judging
from events_service.scoring.models import Score
from events_service.subscriptions.words import REMINDER
from services.invariants import Invariant, ago, of_rows

ASKING = "guest_confirm"
OWN = tuple(kind for kind in KINDS if kind.startswith("registration_"))
# The sequence of a reminder is no SEQUENCE of the event.
OF_EVENT = tuple(kind for kind in KINDS if kind.startswith("event_") and kind != REMINDER)
# Places kept for some are given to all by a job that runs every few seconds.
RELEASED = timedelta(seconds=60)


@cache
def invariants() -> list[Invariant]:
    """All of this service, in the order of their names."""
    found = [*_seats(), *_letters(), *_results(), *_history(), *judging.invariants(), *of_rows(rows)]
    return sorted(found, key=lambda one: int(one.name[1:]))


def _seats() -> list[Invariant]:
    per, events = _registered(), Event.__table__
    counted = (
        (Event.seats_taken, per.c.confirmed),
        (Event.small_taken, per.c.small),
        (Event.waiting, per.c.waiting),
    )
    wrong = or_(Event.seats_taken > Event.capacity, *(have != func.coalesce(true, 0) for have, true in counted))
    end = func.coalesce(Event.ends_at, Event.starts_at)
    ahead = and_(Event.status == PUBLISHED, or_(end.is_(None), end > ago(timedelta(0))))
    passed = and_(
        Registration.status == CONFIRMED,
        or_(
            Registration.queued_at > per.c.first_small,
            and_(Registration.small.is_(False), Registration.queued_at > per.c.first),
        ),
    )
    joined = events.outerjoin(per, per.c.event_id == Event.id)
    of_event = _with(per, per.c.event_id == Registration.event_id)
    twice = _live_of_one().subquery()
    return [
        Invariant("I1", "seats taken are those confirmed, within the capacity", joined, Event.id, wrong),
        Invariant("I2", "one live registration of a person and event", twice, twice.c.first, twice.c.count > 1),
        Invariant("I3", "no free seat while somebody waits", joined, Event.id, and_(ahead, _could_sit(per))),
        Invariant("I3", "nobody seated past one who waits", of_event, Registration.public_id, passed),
    ]


def _registered() -> Any:
    """Of each event: how many are confirmed and wait, and since when the first waits."""
    seated, waits = Registration.status == CONFIRMED, Registration.status == WAITLISTED
    since = Registration.queued_at
    return (
        select(
            Registration.event_id,
            func.count().filter(seated).label("confirmed"),
            func.count().filter(seated, Registration.small).label("small"),
            func.count().filter(waits).label("waiting"),
            func.count().filter(waits, Registration.small).label("small_waiting"),
            func.min(case((waits, since))).label("first"),
            func.min(case((and_(waits, Registration.small), since))).label("first_small"),
        )
        .group_by(Registration.event_id)
        .subquery()
    )


def _live_of_one() -> Any:
    """How many live registrations one attendee has for one event; named by the first of them."""
    live = select(func.min(Registration.public_id).label("first"), func.count().label("count"))
    return live.where(Registration.status.in_(LIVE)).group_by(Registration.event_id, Registration.attendee)


def _could_sit(per: Any) -> ColumnElement[bool]:
    """Somebody waits and may have a seat by the rule of `seats`."""
    short = Event.small_class_reserve - Event.small_taken
    kept = case((Event.reserve_until <= ago(RELEASED), 0), (short > 0, short), else_=0)
    free = Event.seats_taken < Event.capacity
    general = and_(per.c.waiting > 0, or_(Event.capacity.is_(None), Event.seats_taken < Event.capacity - kept))
    return or_(general, and_(per.c.small_waiting > 0, free))


def _letters() -> list[Invariant]:
    told, mail = _told(), Notification.__table__
    asked_only = and_(
        Registration.status == WITHDRAWN,
        func.coalesce(told.c.own, 0) == 0,
        func.coalesce(told.c.all, 0) == Registration.version - 1,
    )
    untold = and_(func.coalesce(told.c.all, 0) != Registration.version, ~asked_only)
    caused = mail.outerjoin(Registration.__table__, Registration.public_id == Notification.subject_ref)
    causeless = and_(Notification.kind.in_((*OWN, *OF_EVENT, REMINDER)), Registration.id.is_(None))
    off = Registration.__table__.join(Event.__table__, Event.id == Registration.event_id)
    off = off.outerjoin(told, told.c.subject_ref == Registration.public_id)
    silent = and_(Event.status == CANCELLED, Registration.status.in_(LIVE), func.coalesce(told.c.off, 0) == 0)
    named, of_each = Registration.public_id, _with(told, told.c.subject_ref == Registration.public_id)
    return [
        Invariant("I4", "one message for each change of a registration", of_each, named, untold),
        Invariant("I4", "no message without its cause", caused, Notification.id, causeless),
        Invariant("I4", "all registered are told of a cancellation", off, named, silent),
    ]


def _told() -> Any:
    """Of each registration: messages in all, those beyond asking, and those that the event is off."""
    kind = Notification.kind
    return (
        select(
            Notification.subject_ref,
            func.count().filter(kind.in_((*OWN, ASKING))).label("all"),
            func.count().filter(kind.in_(OWN)).label("own"),
            func.count().filter(kind == "event_cancelled").label("off"),
        )
        .group_by(Notification.subject_ref)
        .subquery()
    )


def _with(per: Any, on: ColumnElement[bool]) -> Any:
    """Registrations with what was counted of each, or of its event."""
    return Registration.__table__.outerjoin(per, on)


def _results() -> list[Invariant]:
    """What a statement can see of I7; `results.rechecking` reckons the results themselves."""
    pointed = Compilation.id == Stage.compilation_id
    stages = Stage.__table__.outerjoin(Compilation.__table__, pointed)
    whole = and_(
        Compilation.stage_id == Stage.id,
        Compilation.status == DONE,
        Compilation.published_at.is_not(None),
        Compilation.inputs_hash != "",
    )
    lost = and_(Stage.compilation_id.is_not(None), ~func.coalesce(whole, false()))
    scored = Score.__table__.join(Assignment.__table__).join(Stage.__table__, Stage.id == Assignment.stage_id)
    scored = scored.join(Compilation.__table__, pointed)
    return [
        Invariant("I7", "published results are a finished compilation of their stage", stages, Stage.id, lost),
        Invariant("I7", "no score is younger than the results", scored, Score.id, Score.at > Compilation.created_at),
    ]


def _history() -> list[Invariant]:
    events, told = Event.__table__, _told()
    last = (
        select(Notification.topic, func.max(Notification.sequence).label("most"))
        .where(Notification.kind.in_(OF_EVENT))
        .group_by(Notification.topic)
        .subquery()
    )
    fallen = or_(Event.uid == "", Event.sequence < last.c.most)
    of_events, of_registrations = _audited("event"), _audited("registration")
    written = func.coalesce(of_registrations.c.count, 0)
    own = func.coalesce(told.c.own, 0)
    given_back = and_(Registration.status == WITHDRAWN, own == 0, written == 1)
    traced = _with(told, told.c.subject_ref == Registration.public_id)
    traced = traced.outerjoin(of_registrations, of_registrations.c.entity_id == Registration.public_id)
    return [
        Invariant(
            "I11",
            "SEQUENCE never falls below what was sent",
            events.outerjoin(last, last.c.topic == Event.id),
            Event.id,
            fallen,
        ),
        Invariant(
            "I12",
            "one line of history for each change of an event",
            events.outerjoin(of_events, of_events.c.entity_id == Event.id),
            Event.id,
            func.coalesce(of_events.c.count, 0) != Event.version,
        ),
        Invariant(
            "I12",
            "one line of history for each change of a registration",
            traced,
            Registration.public_id,
            and_(written != own, ~given_back),
        ),
    ]


def _audited(entity: str) -> Any:
    found = select(Audit.entity_id, func.count().label("count")).where(Audit.entity == entity)
    return found.group_by(Audit.entity_id).subquery()
