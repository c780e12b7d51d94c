"""Feeds as bytes with their validators: the same bytes from every process while nothing in them changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from events_service.calendars import kept
from events_service.calendars.selections import Selection
from events_service.db import db
from events_service.events import queries
from events_service.events.models import CANCELLED, PUBLISHED, Event
from events_service.ics import entries, ical
from events_service.registrations.models import LIVE, WAITLISTED, Registration
from services import i18n
from services.database import utcnow
from services.fields import midnight, today
from services.i18n import said_plain

PAST = timedelta(days=90)
AFTER_CANCELLED = timedelta(days=1)


@dataclass(frozen=True)
class Feed:
    """What one address answers; `changed` is never older than anything the body shows."""

    body: bytes
    etag: str
    changed: datetime


def public(selection: Selection, language: str) -> Feed:
    """The events of a selection, said in one language."""
    with force_locale(language):
        body = _compose(shown(queries.listed(selection.filters)), {}, selection.title())
    return _feed(body, _last_change())


def personal(person_id: str, language: str) -> Feed:
    """What one person is registered for, with the address to join where she has a place."""
    mine = select(Registration.event_id, Registration.status).where(
        Registration.attendee == person_id, Registration.status.in_(LIVE)
    )
    waits = {event_id: status == WAITLISTED for event_id, status in db.session.execute(mine)}
    statement = select(Event).where(Event.id.in_(list(waits))).order_by(Event.starts_at, Event.id)
    with force_locale(language):
        body = _compose(shown(statement), waits, _("Qonyrau: my events"))
    return _feed(body, _last_change(), _last_step(person_id))


def single(event: Event, language: str) -> Feed:
    """One event to save; whoever wants its changes subscribes instead."""
    with force_locale(language):
        body = _compose(select(Event).where(Event.id == event.id), {}, said_plain(event.title))
    return Feed(body, ical.etag(body), event.changed_at)


def shown(statement: Select[Any]) -> Select[Any]:
    """Of these events those that calendars show today: not long past, and with an exact day."""
    end = func.coalesce(Event.ends_at, Event.starts_at)
    return statement.where(Event.date_precision == "day", Event.starts_at.is_not(None), _window(end))


def _window(end: ColumnElement[Any]) -> ColumnElement[bool]:
    """Counted in whole days, so that a feed changes by itself at midnight only."""
    return or_(
        and_(Event.status == PUBLISHED, end > midnight(today() - PAST)),
        and_(Event.status == CANCELLED, end > midnight(today() - AFTER_CANCELLED)),
    )


def _compose(statement: Select[Any], waits: Mapping[str, bool], name: str) -> bytes:
    found = kept.entries_of(statement, entries.read_names(), waits)
    prefix = entries.cancelled_prefix()
    return ical.feed(found, name=name, cancelled_prefix=prefix, language=i18n.language())


def _feed(body: bytes, *changes: datetime | None) -> Feed:
    """With the last change; at midnight the window moves, which is a change too."""
    known = (at for at in (midnight(today()), *changes) if at and at <= utcnow())
    return Feed(body, ical.etag(body), max(known))


def _last_change() -> datetime | None:
    """Of all public events: one that has left a selection is no longer there to be asked."""
    return db.session.scalar(select(func.max(Event.changed_at)).where(Event.status.in_(queries.PUBLIC)))


def _last_step(person_id: str) -> datetime | None:
    """When she last registered, was seated or withdrew."""
    columns = (Registration.changed_at, Registration.confirmed_at, Registration.withdrawn_at)
    found = db.session.execute(
        select(*(func.max(column) for column in columns)).where(Registration.attendee == person_id)
    ).one()
    return max((at for at in found if at), default=None)
