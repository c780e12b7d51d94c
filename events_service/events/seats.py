"""Seats: one rule for who may have one, and the promotion of those who wait.

Every transaction that changes seats begins with `take_turn`: an UPDATE of the event's row, which
is the row lock on PostgreSQL and the write lock on SQLite. After it, reading and writing is safe.
"""

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from events_service.db import Audit
from events_service.events.models import CANCELLED, DRAFT, Event
from events_service.events.queries import registration_state
from events_service.notifications import announcing
from events_service.registrations.models import CONFIRMED, WAITLISTED, Registration
from services import ledger
from services.database import utcnow
from services.errors import NotFound
from services.identity import Actor

QUEUE = Actor(id="queue", name="Waiting list", roles=frozenset(), session="")

# Built once: they run while others wait.
TOUCH = update(Event.__table__).where(Event.id == bindparam("event")).values(turns=Event.turns + 1)
AS_IT_IS = select(Event).where(Event.id == bindparam("event")).execution_options(populate_existing=True)


def take_turn(session: Session, event_id: str) -> Event:
    """Lock the event by touching it, then read it as it is now."""
    session.connection().execute(TOUCH, {"event": event_id})
    event = session.scalars(AS_IT_IS, {"event": event_id}).first()
    if event is None:
        raise NotFound
    return event


def is_released(event: Event) -> bool:
    """Has the time come, or been brought forward by hand, at which kept places are open to everybody?"""
    return event.reserve_until is not None and event.reserve_until <= utcnow()


def reserved_now(event: Event) -> int:
    """Places still kept for small-class schools."""
    if is_released(event):
        return 0
    return max(0, event.small_class_reserve - event.small_taken)


def room_for(event: Event, small: bool) -> bool:
    """Is there a seat for such a person, leaving aside who else waits?"""
    if event.capacity is None:
        return True
    kept = 0 if small else reserved_now(event)
    return event.seats_taken < event.capacity - kept


def may_sit(session: Session, event: Event, small: bool) -> bool:
    """A newcomer is confirmed iff there is room and nobody who could have the seat waits before her."""
    if not room_for(event, small):
        return False
    return event.waiting == 0 or (small and next_waiting(session, event, small_only=True) is None)


def next_waiting(session: Session, event: Event, small_only: bool = False) -> Registration | None:
    """Who waits first, by (queued_at, id)."""
    waiting = select(Registration).where(Registration.event_id == event.id, Registration.status == WAITLISTED)
    if small_only:
        waiting = waiting.where(Registration.small)
    return session.scalars(waiting.order_by(Registration.queued_at, Registration.id).limit(1)).first()


def seat(event: Event, row: Registration) -> None:
    """Give a seat: the row and the event's counters together."""
    row.status, row.confirmed_at = CONFIRMED, utcnow()
    event.seats_taken += 1
    event.small_taken += int(row.small)


def unseat(event: Event, row: Registration) -> None:
    """Take the row out of the counters, whichever it is counted in."""
    if row.status == CONFIRMED:
        event.seats_taken -= 1
        event.small_taken -= int(row.small)
    elif row.status == WAITLISTED:
        event.waiting -= 1


def promote(session: Session, event: Event) -> int:
    """Seat those who wait while the first who may have the seat can have it; answers how many."""
    promoted = 0
    if registration_state(event, utcnow()) in {DRAFT, CANCELLED, "past"}:  # a place there helps nobody
        return promoted
    while event.waiting:
        row = next_waiting(session, event) if room_for(event, small=False) else None
        if row is None and room_for(event, small=True):
            row = next_waiting(session, event, small_only=True)
        if row is None:
            break
        event.waiting -= 1
        seat(event, row)
        row.version += 1
        row.changed_at = utcnow()
        session.flush()
        announcing.to_registrant(session, row, "registration_promoted")
        new = {"status": row.status}
        ledger.audit(session, Audit, QUEUE, "registration.promoted", "registration", row.public_id, new=new)
        promoted += 1
    return promoted
