"""Who is of a jury, and who directs it."""

from sqlalchemy import select

from events_service.contests import queries as contests
from events_service.db import db
from events_service.events import queries as events
from events_service.events.models import Event
from events_service.jury.models import CHAIR, SECRETARY, JuryMember
from services.errors import NotFound
from services.identity import Actor


def member_of(event_id: str, actor: Actor | None) -> JuryMember | None:
    """The membership of this person, while it lasts."""
    if actor is None:
        return None
    of = JuryMember.event_id == event_id, JuryMember.person_id == actor.id, JuryMember.active
    return db.session.scalars(select(JuryMember).where(*of)).first()


def directs(actor: Actor | None, event: Event) -> bool:
    """An organiser of the event, or the chair or the secretary of its jury."""
    if events.owns(actor, event):
        return True
    member = member_of(event.id, actor)
    return member is not None and member.role in {CHAIR, SECRETARY}


def directed(ref: str, actor: Actor | None) -> Event:
    """A contest whose jury this person directs; any other does not exist for her."""
    event = contests.visible(ref, actor)
    if not directs(actor, event):
        raise NotFound
    return event
