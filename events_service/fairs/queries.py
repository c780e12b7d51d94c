"""Reads of fairs. An accepted idea is for everybody; any other only for its author and the fair's organisers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager

from events_service.db import db
from events_service.directory.models import School
from events_service.events import queries as events
from events_service.events.models import CANCELLED, DRAFT, Event
from events_service.fairs.models import (
    ACCEPTED,
    DECLINED,
    FAIR,
    LIVE,
    PER_PERSON,
    SUBMITTED,
    WITHDRAWN,
    Fair,
    FairSection,
    Idea,
)
from services.database import utcnow
from services.errors import NotFound
from services.identity import Actor

# The order in which organisers work them off; drafts are their authors' own.
HANDED_IN = (SUBMITTED, ACCEPTED, DECLINED, WITHDRAWN)


def visible(ref: str, actor: Actor | None) -> Event:
    """A fair this person may look at."""
    return _fair(events.visible(ref, actor))


def owned(ref: str, actor: Actor | None) -> Event:
    """A fair this person organises; another's does not exist for her."""
    return _fair(events.owned(ref, actor))


def _fair(event: Event) -> Event:
    if event.kind != FAIR:
        raise NotFound
    return event


def settings_of(event: Event) -> Fair:
    """The settings in force."""
    return db.session.get(Fair, event.id) or Fair(event_id=event.id, ideas_close_at=None, ideas_per_person=PER_PERSON)


def closes_at(event: Event) -> datetime | None:
    """Until when ideas are taken and changed: as set, else until the fair begins (ends, where no day is exact)."""
    return settings_of(event).ideas_close_at or (event.starts_at if event.date_precision == "day" else event.ends_at)


def state_of(event: Event) -> str:
    """draft | cancelled | past | closed | open: may ideas be handed in now?"""
    now = utcnow()
    state = events.registration_state(event, now)
    if state in {DRAFT, CANCELLED, "past"}:
        return state
    closes = closes_at(event)
    return "closed" if closes and now >= closes else "open"


def sections_of(event_id: str) -> Select[Any]:
    found = select(FairSection).where(FairSection.event_id == event_id)
    return found.order_by(FairSection.position, FairSection.id)


def section_of(event_id: str, section_id: str) -> FairSection:
    found = db.session.get(FairSection, section_id)
    if found is None or found.event_id != event_id:
        raise NotFound
    return found


def accepted(event_id: str) -> Select[Any]:
    """What the fair shows: by section, then by slot; those without a slot come last."""
    rows = select(Idea).join(FairSection).where(Idea.event_id == event_id, Idea.status == ACCEPTED)
    in_section = Idea.starts_at.is_(None), Idea.starts_at, Idea.submitted_at, Idea.id
    return rows.order_by(FairSection.position, FairSection.id, *in_section)


def shown_to(event: Event, actor: Actor | None) -> Select[Any]:
    """The ideas of a fair that this person may read, those that wait for a decision first."""
    own = Idea.author_id == (actor.id if actor else "")
    allowed = HANDED_IN if events.owns(actor, event) else (ACCEPTED,)
    read = or_(own, and_(Idea.status.in_(allowed), Idea.submitted_at.is_not(None)))
    ranks = {status: rank for rank, status in enumerate(HANDED_IN, start=1)}
    rows = select(Idea).outerjoin(FairSection).where(Idea.event_id == event.id, read)
    order = (FairSection.position, FairSection.id, Idea.starts_at.is_(None), Idea.starts_at, Idea.submitted_at, Idea.id)
    return rows.order_by(case(ranks, value=Idea.status, else_=0), FairSection.position.is_(None), *order)


def find(idea_id: str, actor: Actor | None) -> Idea:
    """An idea this person may read; any other does not exist for her."""
    idea = db.session.get(Idea, idea_id)
    if idea is None or _fair(events.visible(idea.event_id, actor)).id != idea.event_id:
        raise NotFound
    if idea.status != ACCEPTED and not inside(idea, actor):
        raise NotFound
    return idea


def inside(idea: Idea, actor: Actor | None) -> bool:
    """Does she see more of it than everybody: her own, or handed in to a fair she organises?"""
    if actor is not None and idea.author_id == actor.id:
        return True
    return idea.submitted_at is not None and events.owns(actor, idea.event)


def own(idea_id: str, actor: Actor) -> Idea:
    """An idea of her own."""
    idea = find(idea_id, actor)
    if idea.author_id != actor.id:
        raise NotFound
    return idea


def judged_by(idea_id: str, actor: Actor) -> Idea:
    """An idea handed in to a fair she organises."""
    idea = find(idea_id, actor)
    if idea.submitted_at is None or not events.owns(actor, idea.event):
        raise NotFound
    return idea


def mine(actor: Actor) -> Select[Any]:
    """Her ideas for all fairs, the newest first; those she has taken back are not among them."""
    rows = select(Idea).join(Idea.event).where(Idea.author_id == actor.id, Idea.status != WITHDRAWN, Event.kind == FAIR)
    return rows.options(contains_eager(Idea.event)).order_by(Idea.created_at.desc(), Idea.id)


def mine_at(actor: Actor | None, event_id: str) -> list[Idea]:
    """Her ideas for one fair."""
    return list(db.session.scalars(mine(actor).where(Idea.event_id == event_id))) if actor else []


def count(event_id: str, *where: Any) -> int:
    return db.session.scalar(select(func.count(Idea.id)).where(Idea.event_id == event_id, *where)) or 0


def counts(event_id: str) -> dict[str, int]:
    """How many ideas by status; drafts are counted too, but not shown."""
    rows = select(Idea.status, func.count()).where(Idea.event_id == event_id).group_by(Idea.status)
    found = dict(db.session.execute(rows).tuples().all())
    return {status: found.get(status, 0) for status in (*LIVE, DECLINED, WITHDRAWN)}


def slots_of(event_id: str) -> list[Idea]:
    """Accepted ideas with a slot, in order of their beginnings."""
    rows = select(Idea).where(Idea.event_id == event_id, Idea.status == ACCEPTED, Idea.starts_at.is_not(None))
    return list(db.session.scalars(rows.order_by(Idea.starts_at, Idea.id)))


def schools_of(ideas: Iterable[Idea]) -> dict[str, School]:
    """The schools of the authors of a list, by id."""
    wanted = {idea.school_id for idea in ideas if idea.school_id}
    return {row.id: row for row in db.session.scalars(select(School).where(School.id.in_(wanted)))} if wanted else {}
