"""Reads of the jury: who sits on it and who directs it."""

from sqlalchemy import select

from events_service.db import db
from events_service.events import queries as events
from events_service.events.models import Event
from events_service.jury.models import CHAIR, SECRETARY, JuryMember
from services.identity import Actor


def member_of(event_id: str, actor: Actor | None) -> JuryMember | None:
    """Her seat on the jury of a contest, while it is active."""
    if actor is None:
        return None
    found = JuryMember.event_id == event_id, JuryMember.person_id == actor.id, JuryMember.active
    return db.session.scalars(select(JuryMember).where(*found)).first()


def directs(actor: Actor | None, event: Event) -> bool:
    """Does she lead the jury: as an organiser of the contest, as its chair or its secretary?"""
    if events.owns(actor, event):
        return True
    member = member_of(event.id, actor)
    return member is not None and member.role in {CHAIR, SECRETARY}
