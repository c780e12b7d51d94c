"""Reads of what people follow and which letters they do not want."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, or_, select

from events_service.db import Notification, db
from events_service.directory import queries as directory
from events_service.directory.models import School
from events_service.events.models import CANCELLED, PUBLISHED, Event, EventAudience
from events_service.subscriptions.models import DISTRICT, PROGRAMME, SUBJECT, Follow, Subscription
from services.text import normal_mail, sort_key

FIRST_VERSION = 1


def of(reader: str) -> Subscription:
    """The switches of a reader; of one who never touched them as they are by default, and not stored."""
    found = db.session.get(Subscription, reader)
    return found or Subscription(reader=reader, muted=[], alarms=False, hide_cancelled=False, version=FIRST_VERSION)


def muted(kind: str) -> Select[tuple[str]]:
    """The readers who do not want letters of this kind: `Registration.attendee.not_in(muted(kind))`."""
    held = cast(Subscription.muted, String).contains(f'"{kind}"', autoescape=True)
    return select(Subscription.reader).where(held)


def is_muted(reader: str, kind: str) -> bool:
    """Does this reader not want letters of this kind?"""
    return kind in of(reader).muted


def reader_of(message: Notification) -> str:
    """Who reads a message, as `Registration.attendee` says it."""
    return message.recipient_id or f"mail:{normal_mail(message.recipient)}"


def followed(reader: str) -> dict[str, list[str]]:
    """The codes somebody follows, by what they are of."""
    rows = db.session.execute(
        select(Follow.what, Follow.code).where(Follow.reader == reader).order_by(Follow.what, Follow.code)
    ).tuples()
    found: dict[str, list[str]] = {DISTRICT: [], SUBJECT: [], PROGRAMME: []}
    for what, code in rows:
        found[what].append(code)
    return found


def subjects() -> list[str]:
    """The subjects of public events, in order of their letters; one, whether in capitals or not."""
    found = {subject.lower(): subject for subject in sorted(spellings(), reverse=True)}
    return sorted(found.values(), key=sort_key)


def spellings() -> set[str]:
    """The subjects of public events, each as organisers wrote it."""
    public = Event.subject != "", Event.status.in_((PUBLISHED, CANCELLED))
    return set(db.session.scalars(select(Event.subject).where(*public).distinct()))


def offered() -> dict[str, set[str]]:
    """The codes that can be followed."""
    return {
        DISTRICT: {row.code for row in directory.territories()},
        SUBJECT: spellings(),
        PROGRAMME: {row.code for row in directory.programmes()},
    }


def matches() -> ColumnElement[bool]:
    """Is this `Event` one of what this `Follow` follows? A district: published for a school of it."""
    return or_(
        and_(Follow.what == SUBJECT, func.lower(Follow.code) == func.lower(Event.subject)),
        and_(Follow.what == PROGRAMME, Follow.code == Event.programme),
        and_(Follow.what == DISTRICT, held_for(Follow.code)),
    )


def open_to(school_id: Any) -> ColumnElement[bool]:
    """May those of this school register for this `Event`?"""
    member = exists().where(EventAudience.event_id == Event.id, EventAudience.school_id == school_id)
    return or_(~Event.restrict_to_audience, member)


def held_for(district: Any) -> ColumnElement[bool]:
    """Is this `Event` published for a school of the district?"""
    school = School.id == EventAudience.school_id, School.territory_code == district
    return exists().where(EventAudience.event_id == Event.id, *school)
