"""Reads of the jury: who sits in it, and who directs it."""

from sqlalchemy import select

from events_service.db import db
from events_service.events import queries as events
from events_service.events.models import Event
from events_service.jury.models import CHAIR, SECRETARY, JuryMember
from services.identity import Actor


def member_of(event_id: str, actor: Actor | None) -> JuryMember | None:
    """Her seat in the jury of a contest, while she holds it."""
    if actor is None:
        return None
    mine = JuryMember.event_id == event_id, JuryMember.person_id == actor.id, JuryMember.active
    return db.session.scalars(select(JuryMember).where(*mine)).first()


def directs(actor: Actor | None, event: Event) -> bool:
    """An organiser of the contest, its chair or its secretary."""
    member = member_of(event.id, actor)
    return events.owns(actor, event) or (member is not None and member.role in {CHAIR, SECRETARY})
