"""Entries made once and kept until their event changes, so that a fetch of a long feed makes next to none.

A kept entry is known by all that its event's stamps can tell apart: a change of any kind gives it
another key, and the old one is never asked for again.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from events_service.db import db
from events_service.events.models import Event
from events_service.ics import entries, ical
from services.i18n import language

log = logging.getLogger("qonyrau.calendars")

MOST = 10_000
AT_ONCE = 500
STAMPS = (Event.id, Event.version, Event.changed_at, Event.sequence, Event.status, Event.starts_at, Event.ends_at)
Key = tuple[Any, ...]
_kept: dict[Key, ical.Entry] = {}


def entries_of(statement: Select[Any], names: entries.Names, waits: Mapping[str, bool]) -> list[ical.Entry]:
    """The entries of the selected events in their order, in the language being spoken.

    `waits` says of the events that somebody is registered for whether she only waits. An event
    that cannot be written is left out and reported: it must not take the calendar from everybody.
    """
    stamps = db.session.execute(statement.with_only_columns(*STAMPS)).all()
    said = (language(), names.mark)
    keys = {row.id: (*said, waits.get(row.id), *row) for row in stamps}
    found = {event_id: _kept.get(key) for event_id, key in keys.items()}  # once: another thread may empty it
    missing = [event_id for event_id, entry in found.items() if entry is None]
    made = {event.id: entry for event, entry in _made(missing, names, waits)}
    fresh = {keys[event_id]: entry for event_id, entry in made.items()}
    if len(_kept) + len(fresh) > MOST:
        _kept.clear()
    _kept.update(fresh)
    return [entry for entry in (found | made).values() if entry]


def _made(ids: Sequence[str], names: entries.Names, waits: Mapping[str, bool]) -> Iterator[tuple[Event, ical.Entry]]:
    prefix = entries.cancelled_prefix()
    for event in _read(ids):
        try:
            entry = entries.entry_of(event, names, waiting=waits.get(event.id))
            ical.lines(entry, prefix)
        except Exception:
            log.exception("event %s cannot stand in a calendar", event.id)
        else:
            yield event, entry


def _read(ids: Sequence[str]) -> Iterator[Event]:
    rest = iter(ids)
    while batch := list(islice(rest, AT_ONCE)):
        lists = selectinload(Event.agenda), selectinload(Event.slots)
        yield from db.session.scalars(select(Event).where(Event.id.in_(batch)).options(*lists))
