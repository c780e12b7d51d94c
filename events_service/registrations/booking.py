"""The verbs of a registration: register, confirm a guest, withdraw.

Each begins by taking the event's turn, so that counting and inserting are one step for everybody.
"""

import hashlib
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, lazyload

from events_service.db import Audit
from events_service.directory import queries as directory
from events_service.events import seats
from events_service.events.models import Event, EventAudience
from events_service.events.queries import registration_state
from events_service.notifications import announcing
from events_service.registrations.attendees import Attendee
from events_service.registrations.models import (
    CONFIRMED,
    LIVE,
    PENDING,
    WAITLISTED,
    WITHDRAWN,
    Registration,
)
from services import ledger
from services.database import new_id, utcnow
from services.errors import Conflict, Forbidden, TooMany
from services.fields import today
from services.identity import Actor

LATEST = (
    select(Registration)
    .where(
        Registration.event_id == bindparam("event"),
        Registration.attendee == bindparam("key"),
        Registration.status.in_(bindparam("statuses", expanding=True)),
    )
    .order_by(Registration.id.desc())
    .limit(1)
    .options(lazyload(Registration.event))  # who asks has taken its turn, and so has read it
)
REPEAT_AFTER = timedelta(minutes=10)
ASKING_WINDOW, MOST_OF_EVENT, MOST_OF_ADDRESS = timedelta(hours=1), 200, 10
REFUSALS = {
    "draft": _l("The event is not published yet"),
    "cancelled": _l("The event is cancelled"),
    "past": _l("The event is over"),
    "early": _l("Registration is not open yet"),
    "closed": _l("Registration is closed"),
}


def register(
    session: Session, actor: Actor, event_id: str, attendee: Attendee, submission: str | None = None
) -> tuple[Registration, bool]:
    """A seat if there is one, else a place in the queue; answers the row and whether it is new.

    Repeating answers the live row. Raises Conflict when registration is not open, Forbidden when
    the event is for its audience only and she is not of it.
    """
    event = seats.take_turn(session, event_id)
    form = _form_key(event_id, attendee, submission)
    found = find_live(session, event.id, attendee.key) or _sent_before(session, form)
    if found:
        return found, False
    _check_open(event)
    _check_audience(session, event, attendee.school_id)
    row = _new_row(event, attendee, form)
    _place(session, event, row)
    session.add(row)
    session.flush()
    _tell(session, actor, row, "registration.made")
    return row, True


def ask(session: Session, event_id: str, guest: Attendee, submission: str | None = None) -> tuple[Registration, bool]:
    """A guest asks for a place: nothing is taken until the link in her mail is pressed."""
    event = seats.take_turn(session, event_id)
    _check_open(event)
    _check_audience(session, event, guest.school_id)
    form = _form_key(event_id, guest, submission)
    row = _find(session, event.id, guest.key, (PENDING,)) or _sent_before(session, form)
    if row is None:
        _check_flood(session, event, guest)
        row = _new_row(event, guest, form)
        row.status = PENDING
        session.add(row)
        session.flush()
        announcing.to_registrant(session, row, "guest_confirm")
        return row, True
    if row.status == PENDING and row.changed_at < utcnow() - REPEAT_AFTER:
        row.version, row.changed_at = row.version + 1, utcnow()
        session.flush()
        announcing.to_registrant(session, row, "guest_confirm")
    return row, False


def confirm(session: Session, actor: Actor, row: Registration) -> Registration:
    """The guest pressed the link: now she takes a seat or a place in the queue.

    If her address is a person's of the register, the registration becomes that person's.
    """
    event = seats.take_turn(session, row.event_id)
    session.refresh(row)
    if row.status != PENDING:
        return row
    _check_open(event)
    _recognise(row)
    row.changed_at = utcnow()
    live = find_live(session, event.id, row.attendee)
    if live:
        row.status, row.withdrawn_at = WITHDRAWN, row.changed_at
        return live
    _check_audience(session, event, row.school_id)
    row.queued_at = row.changed_at
    _place(session, event, row)
    row.version += 1
    session.flush()
    _tell(session, actor, row, "registration.confirmed")
    return row


def _recognise(row: Registration) -> None:
    """What the register knows of a person counts, not what a guest said of her."""
    person = directory.person_by_mail(row.email)
    if person:
        row.person_id, row.attendee, row.name = person.id, person.id, person.name
        row.school_id = person.school_id or row.school_id
    row.small = directory.is_small(row.school_id, today())


def withdraw(session: Session, actor: Actor, row: Registration) -> Registration:
    """Give the place back; the first who waits and may have it is seated in the same transaction."""
    event = seats.take_turn(session, row.event_id)
    session.refresh(row)
    if row.status == WITHDRAWN:
        return row
    told = row.status != PENDING
    seats.unseat(event, row)
    row.status, row.withdrawn_at, row.changed_at = WITHDRAWN, utcnow(), utcnow()
    row.version += 1
    session.flush()
    if told:
        announcing.to_registrant(session, row, "registration_withdrawn")
    _audit(session, actor, row, "registration.withdrawn")
    seats.promote(session, event)
    return row


def find_live(session: Session, event_id: str, key: str) -> Registration | None:
    return _find(session, event_id, key, LIVE)


def _find(session: Session, event_id: str, key: str, statuses: tuple[str, ...]) -> Registration | None:
    return session.scalars(LATEST, {"event": event_id, "key": key, "statuses": statuses}).first()


def _form_key(event_id: str, attendee: Attendee, submission: str | None) -> str | None:
    """One form, one event, one address: with a corrected address the same form is another request."""
    if not submission:
        return None
    return hashlib.sha256(f"{submission}|{event_id}|{attendee.key}".encode()).hexdigest()


def _sent_before(session: Session, form: str | None) -> Registration | None:
    """The row this very form made: a form sent again after leaving does not register again."""
    if not form:
        return None
    return session.scalars(select(Registration).where(Registration.submission_id == form)).first()


def _new_row(event: Event, attendee: Attendee, form: str | None) -> Registration:
    now = utcnow()
    return Registration(
        public_id=new_id(),
        event_id=event.id,
        event=event,
        attendee=attendee.key,
        person_id=attendee.person_id,
        name=attendee.name,
        email=attendee.email,
        language=attendee.language,
        school_id=attendee.school_id,
        submission_id=form,
        queued_at=now,
        created_at=now,
        changed_at=now,
        small=attendee.small,
        version=1,
    )


def _place(session: Session, event: Event, row: Registration) -> None:
    if event.waiting:  # a reserve may have run out since: who waits for it comes before who comes now
        seats.promote(session, event)
    if seats.may_sit(session, event, row.small):
        seats.seat(event, row)
    else:
        row.status = WAITLISTED
        event.waiting += 1


def _check_open(event: Event) -> None:
    state = registration_state(event, utcnow())
    if state != "open":
        raise Conflict(REFUSALS[state], code=f"registration-{state}")


def _check_flood(session: Session, event: Event, guest: Attendee) -> None:
    """Letters to addresses that nobody has proved are bounded, for an event and for an address."""
    asking = (
        select(func.count())
        .select_from(Registration)
        .where(Registration.status == PENDING, Registration.changed_at > utcnow() - ASKING_WINDOW)
    )
    bounds = ((Registration.event_id == event.id, MOST_OF_EVENT), (Registration.attendee == guest.key, MOST_OF_ADDRESS))
    if any((session.scalar(asking.where(whose)) or 0) >= most for whose, most in bounds):
        raise TooMany


def _check_audience(session: Session, event: Event, school_id: str | None) -> None:
    if not event.restrict_to_audience:
        return
    member = school_id and session.get(EventAudience, (event.id, school_id))
    if not member:
        raise Forbidden(_("This event is only for the schools it was announced to"), code="not-in-audience")


def _tell(session: Session, actor: Actor, row: Registration, action: str) -> None:
    kind = "registration_confirmed" if row.status == CONFIRMED else "registration_waiting"
    announcing.to_registrant(session, row, kind)
    _audit(session, actor, row, action)


def _audit(session: Session, actor: Actor, row: Registration, action: str) -> None:
    ledger.audit(session, Audit, actor, action, "registration", row.public_id, new={"status": row.status})
