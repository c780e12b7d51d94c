"""Reads of the messages that are owed and of organisers' own words: each sees those of her organisations."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from events_service.db import Notification, db
from events_service.events.models import Event
from events_service.notifications.models import LetterTemplate, OrganiserMessage
from events_service.registrations.models import CONFIRMED, LIVE, WAITLISTED, Registration
from events_service.subscriptions.queries import muted
from events_service.subscriptions.words import ORGANISER_MESSAGE
from services.errors import NotFound
from services.identity import Actor

GROUPS = {
    "trouble": ("failed", "uncertain", "held"),
    "waiting": ("queued", "sending"),
    "sent": ("sent",),
    "dropped": ("superseded",),
}
WHOM = {"confirmed": (CONFIRMED,), "waitlisted": (WAITLISTED,), "all": LIVE}


def own_event(actor: Actor, ref: str) -> Event:
    """An event of one of her organisations, by id or slug; another's does not exist for her."""
    named = or_(Event.id == ref, Event.slug == ref)
    found = db.session.scalars(select(Event).where(named, _own(actor))).first()
    if found is None:
        raise NotFound
    return found


def visible(actor: Actor, event: Event | None, statuses: Iterable[str] = ()) -> Select[Any]:
    """The messages she may see, newest first."""
    rows = select(Notification).join(Event, Event.id == Notification.topic).where(_own(actor))
    if event:
        rows = rows.where(Notification.topic == event.id)
    if statuses:
        rows = rows.where(Notification.status.in_(list(statuses)))
    return rows.order_by(Notification.id.desc())


def own_message(actor: Actor, row_id: int) -> Notification:
    """A message of one of her organisations' events; another's does not exist for her."""
    row: Notification | None = db.session.scalars(visible(actor, None).where(Notification.id == row_id)).first()
    if row is None:
        raise NotFound
    return row


def tally(actor: Actor, event: Event | None) -> dict[str, int]:
    """How many in each group, failures first."""
    rows = visible(actor, event).order_by(None).with_only_columns(Notification.status, func.count())
    found = dict(db.session.execute(rows.group_by(Notification.status)).tuples().all())
    return {group: sum(found.get(status, 0) for status in statuses) for group, statuses in GROUPS.items()}


def failed(event: Event) -> int:
    """How many letters about an event its readers' servers refused."""
    rows = select(func.count()).where(Notification.topic == event.id, Notification.status == "failed")
    return db.session.scalar(rows) or 0


def events_of(rows: Iterable[Notification]) -> dict[str, Event]:
    """The events that messages are about, by id."""
    ids = {row.topic for row in rows}
    return {row.id: row for row in db.session.scalars(select(Event).where(Event.id.in_(ids)))}


def events_with_messages(actor: Actor) -> list[Event]:
    """Her events that somebody was written to about, newest first; the choice of the filter."""
    about = select(Notification.topic)
    found = (
        select(Event)
        .where(_own(actor), Event.id.in_(about))
        .order_by(Event.starts_at.is_(None), Event.starts_at.desc(), Event.id)
    )
    return list(db.session.scalars(found.limit(200)))


def messages_of(event: Event) -> Select[Any]:
    """What its organisers have written to those registered, newest first."""
    return select(OrganiserMessage).where(OrganiserMessage.event_id == event.id).order_by(OrganiserMessage.id.desc())


def addressed(event: Event, sent_to: str) -> tuple[ColumnElement[bool], ...]:
    """Whose registrations a message is for: one of `WHOM`, without those who want none of this kind."""
    wanted = Registration.attendee.not_in(muted(ORGANISER_MESSAGE))
    return Registration.event_id == event.id, Registration.status.in_(WHOM[sent_to]), wanted


def reach(event: Event, sent_to: str) -> dict[str, int]:
    """How many a message would reach now, by language, the most first."""
    rows = select(Registration.language, func.count()).where(*addressed(event, sent_to))
    found = db.session.execute(rows.group_by(Registration.language)).tuples().all()
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def reaches(event: Event) -> dict[str, dict[str, int]]:
    """The same for each of those whom a message can be for."""
    return {sent_to: reach(event, sent_to) for sent_to in WHOM}


def own_words(organisation: str, kind: str = "") -> list[LetterTemplate]:
    """What an organisation has reworded, of one kind of letter or of all."""
    rows = select(LetterTemplate).where(LetterTemplate.organisation == organisation)
    return list(db.session.scalars(rows.where(LetterTemplate.kind == kind) if kind else rows))


def _own(actor: Actor) -> Any:
    return Event.organisation.in_(sorted(actor.scopes("organiser")))
