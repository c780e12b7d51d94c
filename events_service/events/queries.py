"""Reads of events: who may see which, and the filters of lists and feeds."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, exists, or_, select

from events_service.db import db
from events_service.directory import queries as directory
from events_service.directory.models import School
from events_service.events.models import CANCELLED, DRAFT, PUBLISHED, Event, EventAudience
from events_service.registrations.models import CONFIRMED, Registration
from services.errors import NotFound
from services.fields import midnight, today
from services.identity import Actor
from services.text import like

PUBLIC = (PUBLISHED, CANCELLED)
NAMED = select(Event).where(or_(Event.id == bindparam("ref"), Event.slug == bindparam("ref")))


def owns(actor: Actor | None, event: Event) -> bool:
    """Is she an organiser of the organisation the event belongs to?"""
    return actor is not None and event.organisation in actor.scopes("organiser")


def find(ref: str) -> Event | None:
    """By id or by slug."""
    return db.session.scalars(NAMED, {"ref": ref}).first()


def visible(ref: str, actor: Actor | None) -> Event:
    """An event this person may look at; another's draft does not exist for her."""
    event = find(ref)
    if event is None or (event.status == DRAFT and not owns(actor, event)):
        raise NotFound
    return event


def owned(ref: str, actor: Actor | None) -> Event:
    """An event this person may change; another's does not exist for her."""
    event = find(ref)
    if event is None or not owns(actor, event):
        raise NotFound
    return event


def listed(filters: dict[str, Any]) -> Select[Any]:
    """Published and cancelled events that pass the filters, in order of time; drafts are not among them."""
    statement = select(Event).where(Event.status.in_(PUBLIC))
    for name in ("kind", "programme", "subject", "format"):
        if filters.get(name):
            statement = statement.where(getattr(Event, name) == filters[name])
    if filters.get("language"):
        statement = statement.where(Event.language.in_(_spoken(filters["language"])))
    if filters.get("district"):
        statement = statement.where(for_district(filters["district"]))
    if filters.get("q"):
        statement = statement.where(Event.search.like(like(filters["q"]), escape="\\"))
    statement = _between(statement, filters.get("since"), filters.get("until"))
    return statement.order_by(Event.starts_at.is_(None), Event.starts_at, Event.id)


def for_district(code: str) -> Any:
    """Published for a school of that district."""
    schools = select(School.id).where(School.territory_code == code)
    return exists().where(EventAudience.event_id == Event.id, EventAudience.school_id.in_(schools))


def stored_schools(event_id: str) -> Select[Any]:
    """The schools an event was published for."""
    joined = EventAudience.school_id == School.id
    return (
        select(School)
        .join(EventAudience, joined)
        .where(EventAudience.event_id == event_id)
        .order_by(School.territory_code, School.sort_key, School.id)
    )


def audience_of(event: Event) -> Select[Any]:
    """The schools an event is for: the stored ones once published, else as the rule gives them today."""
    if event.published_at:
        return stored_schools(event.id)
    return directory.audience_schools(event.audience, today())


def _spoken(language: str) -> tuple[str, ...]:
    return (language, "kk_ru") if language in {"kk", "ru"} else (language,)


def _between(statement: Select[Any], since: date | None, until: date | None) -> Select[Any]:
    if since:
        first = midnight(since)
        statement = statement.where(or_(Event.ends_at > first, Event.starts_at >= first, Event.starts_at.is_(None)))
    if until:
        statement = statement.where(Event.starts_at < midnight(until + timedelta(days=1)))
    return statement


def drafts_of(actor: Actor) -> Select[Any]:
    """Drafts of the organisations she organises for, newest first."""
    mine = Event.organisation.in_(actor.scopes("organiser"))
    return select(Event).where(mine, Event.status == DRAFT).order_by(Event.created_at.desc())


def may_join(actor: Actor | None, event: Event) -> bool:
    """Does she see the address to join: its organisers and those who have a place."""
    if owns(actor, event):
        return True
    if actor is None:
        return False
    mine = select(Registration.id).where(
        Registration.event_id == event.id, Registration.attendee == actor.id, Registration.status == CONFIRMED
    )
    return db.session.scalar(mine) is not None


def registration_state(event: Event, now: datetime) -> str:
    """draft | cancelled | past | early | closed | open: may people register now?"""
    if event.status != PUBLISHED:
        return event.status
    end = event.ends_at or event.starts_at
    if end and end <= now:
        return "past"
    if event.registration_opens_at and now < event.registration_opens_at:
        return "early"
    if event.registration_closes_at and now >= event.registration_closes_at:
        return "closed"
    return "open"
