"""The events' side of the demonstration, written through the verbs that organisers and teachers use."""

from collections.abc import Container
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from demo import contests, fairs, judging
from demo.people import TEACHERS, UMC_ORGANISERS, actor_of, address_of, stable_id
from demo.plan import Planned, everything
from events_service.db import Notification
from events_service.directory.models import Person
from events_service.events import planning
from events_service.events.models import Event
from events_service.events.queries import registration_state
from events_service.registrations import booking
from events_service.registrations.attendees import attendee_of
from services.database import utcnow
from services.fields import today
from services.identity import Actor

ORGANISERS = {"UMC": address_of("organiser", 0), "SSI1": address_of("organiser", UMC_ORGANISERS)}
WAITING, BEFORE_CANCELLING = 5, 4
REASON = "Семинар-тренинг басқа күнге ауыстырылады. Семинар-тренинг будет проведён в другой день."


def load_events(session: Session, without: Container[str] = ()) -> None:
    """All events but those left out, with their registrations; no letters leave for what was never asked for."""
    teachers = _teachers(session)
    for number, planned in enumerate(everything(today())):
        if planned.code in without:
            continue
        event = _write(session, planned)
        for _ in range(_registrants(event, planned, number)):
            teacher = teachers.pop()
            booking.register(session, actor_of(teacher), event.id, attendee_of(teacher))
        if planned.body["kind"] == "fair":
            fairs.fill(session, event, planned.code, _organiser(session, planned.body))
        if planned.code in contests.CODES:
            judging.fill(session, event, planned.code, _organiser(session, planned.body))
        if planned.state == "cancelled":
            planning.cancel(session, _organiser(session, planned.body), event.id, REASON)
    session.execute(update(Notification).values(status="superseded", error="Loaded with the demonstration, never sent"))


def _write(session: Session, planned: Planned) -> Event:
    """Create it, give it an address that is the same at every loading, publish it."""
    actor = _organiser(session, planned.body)
    event = planning.create(session, actor, planned.body)
    event.is_synthetic = True
    event.slug = f"{event.slug.rpartition('-')[0]}-{stable_id(f'event:{planned.code}')[:6]}"
    session.flush()
    if planned.state != "draft":
        planning.publish(session, actor, event.id)
    return event


def _registrants(event: Event, planned: Planned, number: int) -> int:
    """How many come: all places and some more where it is full, else a few, differently many."""
    if event.capacity is None or event.restrict_to_audience or registration_state(event, utcnow()) != "open":
        return 0
    if planned.state == "full":
        return event.capacity + WAITING
    return BEFORE_CANCELLING if planned.state == "cancelled" else number % 7


def _teachers(session: Session) -> list[Person]:
    """Those with the highest numbers: whoever tries the demonstration begins with the lowest."""
    last = [address_of("teacher", number) for number in range(TEACHERS - 300, TEACHERS)]
    return list(session.scalars(select(Person).where(Person.email.in_(last)).order_by(Person.email)))


def _organiser(session: Session, body: dict[str, Any]) -> Actor:
    found = select(Person).where(Person.email == ORGANISERS[body["organisation"]])
    return actor_of(session.scalars(found).one())
