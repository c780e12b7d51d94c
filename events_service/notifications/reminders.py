"""Reminders: owed to who has a place once a lead before the start has come, each once for each start.

A moved event is a new start with reminders of its own; what is owed for the old one is overtaken.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from events_service.db import Notification, db
from events_service.events.models import LEADS, PUBLISHED, Event
from events_service.notifications.announcing import REGISTRANT, owe_each
from events_service.notifications.quiet import awake, is_quiet
from events_service.registrations.models import CONFIRMED, Registration
from events_service.subscriptions.queries import muted
from events_service.subscriptions.words import REMINDER
from services.database import utcnow

# The longest lead and a night.
FURTHEST = timedelta(minutes=max(LEADS), hours=12)
DAY = 1440
TELL_WHEN = ("event_changed", "event_restored")


def moment_of(start: datetime, lead: int) -> datetime:
    """When the reminder is due that stands `lead` minutes before a start."""
    return awake(start - timedelta(minutes=lead), start)


def useful(start: datetime, lead: int, now: datetime) -> bool:
    """Is it due, and not so late that it would tell nothing: before the start and within half its lead?"""
    moment = moment_of(start, lead)
    return moment <= now < min(start, moment + timedelta(minutes=lead) / 2)


def sequence_of(start: datetime, lead: int) -> int:
    """The start's minute and the lead as one number, so that the outbox owes each pair once."""
    return int(start.timestamp()) // 60 * 8 + LEADS.index(lead)


def leads_of(event: Event) -> list[int]:
    """What its organiser chose; an event of whole days has no hour to count from.

    Of two that the quiet hours put on one moment only the shorter stands.
    """
    if event.date_precision != "day" or event.starts_at is None:
        return []
    chosen = [lead for lead in event.reminders if lead in LEADS and (lead >= DAY or not event.all_day)]
    start = event.starts_at
    return list({moment_of(start, lead): lead for lead in sorted(chosen, reverse=True)}.values())


def stands(event: Event, sequence: int) -> bool:
    """Is the reminder of this number still of the event's start, its organiser's choice, and of use?"""
    start, now = event.starts_at, utcnow()
    return start is not None and any(
        sequence_of(start, lead) == sequence and useful(start, lead, now) for lead in leads_of(event)
    )


def owe() -> int:
    """Owe what is due now; answers how many. In the quiet hours nothing is."""
    now = utcnow()
    if is_quiet(now):
        return 0
    near = Event.status == PUBLISHED, Event.starts_at > now, Event.starts_at <= now + FURTHEST
    events = db.session.scalars(select(Event).where(*near)).all()
    due = [(e, lead) for e in events for lead in leads_of(e) if e.starts_at and useful(e.starts_at, lead, now)]
    return sum(_owe(event, lead) for event, lead in due)


def _owe(event: Event, lead: int) -> int:
    assert event.starts_at is not None
    people, sequence = _unreminded(event.id, event.starts_at, lead), sequence_of(event.starts_at, lead)
    if db.session.scalar(people.limit(1)) is None:
        return 0
    with db.transaction() as session:
        return owe_each(session, people, kind=REMINDER, sequence=sequence, topic=event.id)


def _unreminded(event_id: str, start: datetime, lead: int) -> Select[Any]:
    """Who had a place when the reminder came due, has not been told the time since, and wants it."""
    moment = moment_of(start, lead)
    # Read once for the event: asked for each registration, the same would take the square of their number.
    of_it = select(Notification.subject_ref).where(Notification.topic == event_id)
    told = of_it.where(Notification.kind.in_(TELL_WHEN), Notification.created_at > moment)
    owed = of_it.where(Notification.kind == REMINDER, Notification.sequence == sequence_of(start, lead))
    return select(*REGISTRANT).where(
        Registration.event_id == event_id,
        Registration.status == CONFIRMED,
        func.coalesce(Registration.confirmed_at, Registration.created_at) <= moment,
        Registration.attendee.not_in(muted(REMINDER)),
        Registration.public_id.not_in(told),
        Registration.public_id.not_in(owed),
    )
