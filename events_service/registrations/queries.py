"""Reads of registrations, also through the signed links by which guests reach their own."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select

from events_service.db import db
from events_service.directory.models import School
from events_service.events.models import Event
from events_service.events.queries import owns
from events_service.notifications import links
from events_service.registrations.models import CONFIRMED, LIVE, Registration
from services.errors import NotFound
from services.identity import Actor


def all_mine(actor: Actor) -> Select[Any]:
    """Her live registrations, the next event first."""
    live = Registration.attendee == actor.id, Registration.status.in_(LIVE)
    ordered = Event.starts_at.is_(None), Event.starts_at, Registration.id
    return select(Registration).join(Event).where(*live).order_by(*ordered)


def reachable(public_id: str, actor: Actor) -> Registration:
    """A registration of her own, or of an event she organises; another's does not exist for her."""
    row = db.session.scalars(select(Registration).where(Registration.public_id == public_id)).first()
    if row is None or (row.attendee != actor.id and not owns(actor, row.event)):
        raise NotFound
    return row


def of_event(event: Event, actor: Actor) -> Select[Any]:
    """Who is registered, as far as she may know: organisers all, a coordinator her own districts'."""
    rows = select(Registration).where(Registration.event_id == event.id)
    if not owns(actor, event):
        districts = actor.scopes("coordinator")
        if not districts:
            raise NotFound
        schools = select(School.id).where(School.territory_code.in_(districts))
        rows = rows.where(Registration.school_id.in_(schools))
    return rows.order_by(Registration.status, Registration.queued_at, Registration.id)


def counts(event: Event) -> dict[str, int]:
    """How many by status."""
    rows = select(Registration.status, func.count()).where(Registration.event_id == event.id)
    found: dict[str, int] = dict(db.session.execute(rows.group_by(Registration.status)).all())  # type: ignore[arg-type]
    return {status: found.get(status, 0) for status in ("confirmed", "waitlisted", "pending", "withdrawn")}


def schools_of(rows: Iterable[Registration]) -> dict[str, School]:
    """The schools people of a list come from, by id."""
    wanted = {row.school_id for row in rows if row.school_id}
    return {row.id: row for row in db.session.scalars(select(School).where(School.id.in_(wanted)))} if wanted else {}


def confirmed(event_id: str) -> int:
    rows = select(func.count()).where(Registration.event_id == event_id, Registration.status == CONFIRMED)
    return db.session.scalar(rows) or 0


def link_of(row: Registration) -> str:
    """The path by which a guest, who has no session, reaches her own registration."""
    return links.path_of(row.public_id)


def by_link(token: str) -> Registration:
    """The registration a signed link names."""
    named = links.named_by(token)
    row = db.session.scalars(select(Registration).where(Registration.public_id == named)).first()
    if row is None:
        raise NotFound
    return row
