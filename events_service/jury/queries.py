"""Reads of the jury: its members, who may direct it, what is dealt, and how far it is. Never of points."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager

from events_service.contests import queries as contests
from events_service.contests.models import CLOSED, OPEN, Contest, Stage
from events_service.contests.rules import Rules
from events_service.contests.rules import of as rules_of
from events_service.db import db
from events_service.directory.models import Person
from events_service.entries import queries as entries
from events_service.entries.models import Entry
from events_service.events import queries as events
from events_service.events.models import PUBLISHED, Event
from events_service.jury.models import (
    ACCEPTED,
    ACTIVE,
    CHAIR,
    DECLARED,
    PROPOSED,
    REMOVED,
    ROLES,
    SECRETARY,
    Assignment,
    Conflict,
    Deal,
    JuryMember,
)
from services.errors import NotFound
from services.identity import Actor


@dataclass(frozen=True)
class Progress:
    """How many of the entries dealt to a juror she has signed."""

    member: JuryMember
    signed: int
    dealt: int


@dataclass(frozen=True)
class Seat:
    """A seat on a jury, and how many of the entries dealt to her in open stages she has signed."""

    member: JuryMember
    event: Event
    signed: int
    dealt: int
    closes_at: datetime | None


def seats_of(actor: Actor, most: int) -> list[Seat]:
    """Her seats on juries of published contests: those with work first, then the latest."""
    columns = Assignment.member_id, func.count(Assignment.signed_at), func.count(), func.min(Stage.closes_at)
    work = select(*columns).join(Stage, Stage.id == Assignment.stage_id)
    work = work.where(Stage.status == OPEN, Assignment.status == ACTIVE, Assignment.member_id.in_(_seats(actor)))
    dealt = {row[0]: row[1:] for row in db.session.execute(work.group_by(Assignment.member_id)).tuples()}
    found = select(JuryMember, Event).join(Event, Event.id == JuryMember.event_id).where(Event.status == PUBLISHED)
    rows = db.session.execute(found.where(JuryMember.id.in_(_seats(actor))).order_by(Event.starts_at.desc(), Event.id))
    seats = [Seat(member, event, *dealt.get(member.id, (0, 0, None))) for member, event in rows.tuples()]
    return sorted(seats, key=lambda seat: seat.signed == seat.dealt)[:most]


def _seats(actor: Actor) -> Select[tuple[str]]:
    return select(JuryMember.id).where(JuryMember.person_id == actor.id, JuryMember.active)


def member_of(event_id: str, actor: Actor | None) -> JuryMember | None:
    """The membership of this person, while it lasts."""
    if actor is None:
        return None
    of = JuryMember.event_id == event_id, JuryMember.person_id == actor.id, JuryMember.active
    return db.session.scalars(select(JuryMember).where(*of)).first()


def holds(actor: Actor | None, event_id: str, *roles: str) -> bool:
    """Has she one of these parts in the jury?"""
    member = member_of(event_id, actor)
    return member is not None and member.role in roles


def leads(actor: Actor | None, event: Event) -> bool:
    """An organiser of the event, or the chair of its jury."""
    return events.owns(actor, event) or holds(actor, event.id, CHAIR)


def directs(actor: Actor | None, event: Event) -> bool:
    """An organiser of the event, or the chair or the secretary of its jury."""
    return events.owns(actor, event) or holds(actor, event.id, CHAIR, SECRETARY)


def directed(ref: str, actor: Actor | None) -> Event:
    """A contest whose jury this person directs; any other does not exist for her."""
    return _if(directs, ref, actor)


def led(ref: str, actor: Actor | None) -> Event:
    """A contest of which this person opens and closes the stages; any other does not exist for her."""
    return _if(leads, ref, actor)


def _if(may: Callable[[Actor | None, Event], bool], ref: str, actor: Actor | None) -> Event:
    event = contests.visible(ref, actor)
    if not may(actor, event):
        raise NotFound
    return event


def rules(event_id: str) -> Rules:
    return rules_of(db.session.get(Contest, event_id) or Contest(event_id=event_id, rules={}))


def members(event_id: str) -> list[JuryMember]:
    """Who is of the jury now: chair, secretary, then members in the order they were named."""
    found = select(JuryMember).where(JuryMember.event_id == event_id, JuryMember.active)
    rows = db.session.scalars(found.order_by(JuryMember.added_at, JuryMember.id))
    return sorted(rows, key=lambda member: ROLES.index(member.role))


def names(event_id: str) -> dict[str, str]:
    """The names of all who are or were of the jury, by id."""
    found = select(JuryMember.id, JuryMember.name).where(JuryMember.event_id == event_id)
    return dict(db.session.execute(found).tuples().all())


def organisers(event: Event, people: Iterable[str]) -> set[str]:
    """Of these people those who organise the contest too, while a stage of it is blind: they know whose an entry is."""
    if not any(stage.blind and stage.status != CLOSED for stage in contests.stages(event.id)):
        return set()
    rows = db.session.execute(select(Person.id, Person.roles).where(Person.id.in_(list(people)))).tuples()
    return {person for person, roles in rows if f"organiser:{event.organisation}" in roles}


def scoring(event_id: str) -> list[JuryMember]:
    """To whom entries are dealt, by id."""
    return sorted((member for member in members(event_id) if member.scores), key=lambda member: member.id)


def one_of(event_id: str, member_id: str) -> JuryMember:
    found = db.session.get(JuryMember, member_id)
    if found is None or found.event_id != event_id or not found.active:
        raise NotFound
    return found


def proposed(stage_id: str) -> Deal | None:
    return _newest(stage_id, PROPOSED)


def accepted(stage_id: str) -> Deal | None:
    return _newest(stage_id, ACCEPTED)


def _newest(stage_id: str, status: str) -> Deal | None:
    of = select(Deal).where(Deal.stage_id == stage_id, Deal.status == status)
    return db.session.scalars(of.order_by(Deal.created_at.desc(), Deal.id)).first()


def assignments_of(stage_id: str) -> list[Assignment]:
    """What is dealt in a stage and not given back, by the number of the entry."""
    of = select(Assignment).join(Assignment.entry).join(Assignment.member)
    of = of.where(Assignment.stage_id == stage_id, Assignment.status == ACTIVE)
    of = of.options(contains_eager(Assignment.entry), contains_eager(Assignment.member))
    return list(db.session.scalars(of.order_by(Entry.number, Assignment.member_id)))


def assignment_of(actor: Actor, event_id: str, assignment_id: str) -> Assignment:
    """What was dealt to this person in this contest and not taken away; any other does not exist for her."""
    found = db.session.get(Assignment, assignment_id)
    member = found.member if found else None
    if found is None or member is None or found.status == REMOVED or member.event_id != event_id:
        raise NotFound
    if member.person_id != actor.id or not member.active:
        raise NotFound
    return found


def numbered(event_id: str, number: int) -> Entry | None:
    """The entry with this number."""
    return db.session.scalars(select(Entry).where(Entry.event_id == event_id, Entry.number == number)).first()


def progress(stage_id: str) -> list[Progress]:
    """How far each juror is in a stage, by name."""
    return _progress(Assignment.stage_id == stage_id)


def progress_of_contest(event_id: str) -> list[Progress]:
    """How far each juror is in all stages, by name."""
    return _progress(JuryMember.event_id == event_id)


def _progress(where: ColumnElement[bool]) -> list[Progress]:
    counts = (
        select(JuryMember, func.count(Assignment.signed_at), func.count())
        .join(Assignment, Assignment.member_id == JuryMember.id)
        .where(where, Assignment.status == ACTIVE)
        .group_by(JuryMember.id)
    )
    rows = [Progress(member, signed, dealt) for member, signed, dealt in db.session.execute(counts)]
    return sorted(rows, key=lambda row: (row.member.name, row.member.id))


def short(stage: Stage) -> list[tuple[Entry, int]]:
    """Entries with fewer readers than they need, and how many they have."""
    from_rules, jurors = rules(stage.event_id), len(scoring(stage.event_id))
    needed = from_rules.least_scores if from_rules.readers >= jurors else from_rules.readers
    live = Assignment.stage_id == stage.id, Assignment.status == ACTIVE
    counts = dict(
        db.session.execute(select(Assignment.entry_id, func.count()).where(*live).group_by(Assignment.entry_id))
        .tuples()
        .all()
    )
    found = [(entry, counts.get(entry.id, 0)) for entry in entries.entrants(stage)]
    return [(entry, count) for entry, count in found if count < needed]


def hears_why(event: Event, actor: Actor) -> bool:
    """May she read what others say of their conflicts? An organiser; else, as it hints at authors, after all stages."""
    return events.owns(actor, event) or all(stage.status == CLOSED for stage in contests.stages(event.id))


def conflicts_seen(event: Event, actor: Actor) -> Select[tuple[Conflict]]:
    """All for those who direct the jury; for another member what she declared herself. By juror and entry."""
    known = contains_eager(Conflict.member), contains_eager(Conflict.entry)
    of = select(Conflict).join(Conflict.member).join(Conflict.entry).options(*known)
    of = of.where(JuryMember.event_id == event.id, JuryMember.active)
    if not directs(actor, event):
        own = member_of(event.id, actor)
        if own is None:
            raise NotFound
        of = of.where(Conflict.member_id == own.id, Conflict.kind == DECLARED)
    return of.order_by(JuryMember.name, JuryMember.id, Entry.number, Entry.id)
