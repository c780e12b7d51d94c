"""What is kept in this process: entries until their event changes, and whole feeds until anything does.

A kept entry is known by all that its event's stamps can tell apart: a change of any kind gives it
another key, and the old one is never asked for again.
"""

import gzip
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload, subqueryload

from events_service.db import db
from events_service.events.models import Event
from events_service.ics import entries, ical
from services.i18n import language

log = logging.getLogger("qonyrau.calendars")

MOST, MOST_BYTES = 10_000, 64_000_000
AT_ONCE = 500
STAMPS = (Event.id, Event.version, Event.revision, Event.changed_at, Event.status, Event.starts_at, Event.ends_at)
# One entry and nothing beside it: a name, then `:` or `;`, in every line; folded lines begin with a space.
SOUND = re.compile(
    rb"BEGIN:VEVENT\r\n"
    rb"(?:(?!BEGIN:VEVENT|END:VEVENT)[A-Z-]+[:;][^\r\n]*\r\n(?: [^\r\n]*\r\n)*)+"
    rb"END:VEVENT\r\n"
)
Entries = tuple[ical.Entry, ...]
Key = tuple[Any, ...]
_kept: dict[Key, Entries] = {}


@dataclass(frozen=True)
class Feed:
    """What one address answers, and when anything that it may show last changed.

    `owner` is the person whose feed it is, empty for public ones; `stamp` is what it was made under.
    """

    body: bytes
    etag: str
    changed: datetime
    owner: str = ""
    stamp: Hashable = None

    @property
    def size(self) -> int:
        return len(self.body)

    @property
    def forms(self) -> tuple[str, str]:
        """The validators of the body as it is, and compressed."""
        return self.etag, f"{self.etag}:gzip"

    @cached_property
    def zipped(self) -> bytes:
        """The body compressed, the same bytes in every process."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)


class Sized(Protocol):
    """What can stand on a shelf; its size in bytes."""

    @property
    def size(self) -> int: ...


Thing = TypeVar("Thing", bound=Sized)


class Shelf(Generic[Thing]):
    """Things by what they are asked for; when there are too many bytes or things, the oldest go."""

    def __init__(self) -> None:
        self._things: OrderedDict[Hashable, Thing] = OrderedDict()
        self._bytes, self._lock = 0, Lock()

    def get(self, key: Hashable) -> Thing | None:
        return self._things.get(key)

    def put(self, key: Hashable, thing: Thing) -> Thing:
        with self._lock:
            self._drop(key)
            self._things[key] = thing
            self._bytes += thing.size
            while self._bytes > MOST_BYTES or len(self._things) > MOST:
                self._drop(next(iter(self._things)))
        return thing

    def _drop(self, key: Hashable) -> None:
        if left := self._things.pop(key, None):
            self._bytes -= left.size


def shelf() -> Shelf[Feed]:
    """The feeds of the present app by their addresses."""
    found: Shelf[Feed] = current_app.extensions.setdefault("feeds", Shelf())
    return found


def entries_of(
    statement: Select[Any], names: entries.Names, make: Callable[[Event], Entries], mark: Callable[[str], Hashable]
) -> list[ical.Entry]:
    """The entries that `make` gives for the selected events in their order, in the language being spoken.

    `mark` says of an event, by its id, on what else its entries depend. An event that cannot be written
    is left out and reported: it must not take the calendar from everybody.
    """
    stamps = db.session.execute(statement.with_only_columns(*STAMPS)).all()
    said = (language(), names.mark)
    keys = {row.id: (*said, mark(row.id), *row) for row in stamps}
    found = {event_id: _kept.get(key) for event_id, key in keys.items()}  # once: another thread may empty it
    missing = {event_id for event_id, entry in found.items() if entry is None}
    made = {event.id: entry for event, entry in _made(statement, missing, make)}
    fresh = {keys[event_id]: entry for event_id, entry in made.items()}
    if len(_kept) + len(fresh) > MOST:
        _kept.clear()
    _kept.update(fresh)
    return [entry for several in (found | made).values() if several for entry in several]


def _made(
    statement: Select[Any], missing: Set[str], make: Callable[[Event], Entries]
) -> Iterator[tuple[Event, Entries]]:
    prefix = entries.cancelled_prefix()
    for event in _read(statement, missing):
        try:
            several = make(event)
            for entry in several:
                _check(ical.lines(entry, prefix))
        except Exception:
            log.exception("event %s cannot stand in a calendar", event.id)
        else:
            yield event, several


def _check(body: bytes) -> None:
    if not SOUND.fullmatch(body.replace(b"BEGIN:VALARM\r\n", b"").replace(b"END:VALARM\r\n", b"")):
        raise ValueError("not one entry")


def _read(statement: Select[Any], missing: Set[str]) -> Iterator[Event]:
    """The missing events with their lists by three statements, however many they are."""
    some = 0 < len(missing) <= AT_ONCE
    found = select(Event).where(Event.id.in_(missing)) if some else statement
    load = selectinload if some else subqueryload
    if missing:
        events = db.session.scalars(found.options(load(Event.lines), load(Event.slots)))
        yield from (event for event in events if event.id in missing)
