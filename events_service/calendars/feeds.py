"""Feeds as bytes with their validators. Each takes a fixed number of queries, however many events it holds."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from events_service.calendars.selections import Selection
from events_service.db import db
from events_service.events import queries
from events_service.events.models import CANCELLED, PUBLISHED, Event
from events_service.ics import entries, ical
from events_service.registrations.models import LIVE, WAITLISTED, Registration
from services.database import utcnow
from services.fields import midnight, today
from services.i18n import said_plain

log = logging.getLogger("qonyrau.calendars")

PAST = timedelta(days=90)
AFTER_CANCELLED = timedelta(days=1)
Enter = Callable[[Event], ical.Entry]


@dataclass(frozen=True)
class Feed:
    """What one address answers; `changed` is never older than anything the body shows."""

    body: bytes
    changed: datetime

    @property
    def etag(self) -> str:
        return ical.etag(self.body)


def public(selection: Selection, language: str) -> Feed:
    """The events of a selection, said in one language."""
    events = _read(queries.listed(selection.filters))
    with force_locale(language):
        names = entries.read_names()
        body = _compose(events, lambda event: entries.entry_of(event, names), selection.title(), language)
    return Feed(body, _newest(_last_change()))


def personal(person_id: str, language: str) -> Feed:
    """What one person is registered for, with the address to join where she has a place."""
    mine = select(Registration).where(Registration.attendee == person_id)
    rows = {row.event_id: row for row in db.session.scalars(mine) if row.status in LIVE}
    statement = select(Event).where(Event.id.in_(list(rows))).order_by(Event.starts_at, Event.id)
    events = _read(statement)

    def enter(event: Event) -> ical.Entry:
        waiting = rows[event.id].status == WAITLISTED
        return entries.entry_of(event, names, registered=not waiting, waiting=waiting)

    with force_locale(language):
        names = entries.read_names()
        body = _compose(events, enter, _("Qonyrau: my events"), language)
    return Feed(body, _newest(_last_change(), _last_step(person_id)))


def single(event: Event, language: str) -> Feed:
    """One event to save; whoever wants its changes subscribes instead."""
    with force_locale(language):
        names = entries.read_names()
        name = said_plain(event.title)
        body = _compose([event], lambda event: entries.entry_of(event, names), name, language)
    return Feed(body, event.changed_at)


def shown(statement: Select[Any]) -> Select[Any]:
    """Of these events those that calendars show today: not long past, and with an exact day."""
    end = func.coalesce(Event.ends_at, Event.starts_at)
    return statement.where(Event.date_precision == "day", Event.starts_at.is_not(None), _window(end))


def _read(statement: Select[Any]) -> Sequence[Event]:
    return db.session.scalars(shown(statement).options(selectinload(Event.agenda))).all()


def _window(end: ColumnElement[Any]) -> ColumnElement[bool]:
    """Counted in whole days, so that a feed changes by itself at midnight only."""
    return or_(
        and_(Event.status == PUBLISHED, end > midnight(today() - PAST)),
        and_(Event.status == CANCELLED, end > midnight(today() - AFTER_CANCELLED)),
    )


def _compose(events: Iterable[Event], enter: Enter, name: str, language: str) -> bytes:
    prefix = entries.cancelled_prefix()
    return ical.feed(list(_sound(events, enter, prefix)), name=name, cancelled_prefix=prefix, language=language)


def _sound(events: Iterable[Event], enter: Enter, prefix: str) -> Iterator[ical.Entry]:
    """The entries that can be written; one that cannot must not take the calendar from everybody."""
    for event in events:
        try:
            entry = enter(event)
            ical.lines(entry, prefix)
        except Exception:
            log.exception("event %s cannot stand in a calendar", event.id)
        else:
            yield entry


def _newest(*instants: datetime | None) -> datetime:
    """The last change; at midnight the window moves, which is a change too."""
    return max(at for at in (midnight(today()), *instants) if at and at <= utcnow())


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
