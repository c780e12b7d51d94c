"""Where a reader stands with events: registered, waiting, or neither; for one event or a whole list."""

from collections.abc import Iterable

from sqlalchemy import func, select

from events_service.db import db
from events_service.registrations.models import LIVE, WAITLISTED, Registration, waits_before
from services.identity import Actor


def mine_among(actor: Actor | None, event_ids: Iterable[str]) -> dict[str, Registration]:
    """Her live registrations by event."""
    wanted = list(event_ids)
    if actor is None or not wanted:
        return {}
    found = select(Registration).where(
        Registration.attendee == actor.id, Registration.status.in_(LIVE), Registration.event_id.in_(wanted)
    )
    return {row.event_id: row for row in db.session.scalars(found)}


def mine(actor: Actor | None, event_id: str) -> Registration | None:
    """Her live registration for an event."""
    return mine_among(actor, [event_id]).get(event_id)


def position(row: Registration) -> int | None:
    """Rank among all who wait for the event, 1 for the first; None for anyone else."""
    if row.status != WAITLISTED:
        return None
    before = select(func.count()).select_from(Registration).where(waits_before(row))
    return (db.session.scalar(before) or 0) + 1


def ranks(event_id: str) -> dict[int, int]:
    """The rank of everybody who waits for an event, by row id, in one query."""
    waiting = select(Registration.id).where(Registration.event_id == event_id, Registration.status == WAITLISTED)
    ordered = db.session.scalars(waiting.order_by(Registration.queued_at, Registration.id))
    return {row_id: rank for rank, row_id in enumerate(ordered, start=1)}
