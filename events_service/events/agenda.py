"""The lines of an agenda kept as rows through edits, so that calendars know each session by its UID.

SEQUENCE of a session grows when its time, or the place or status of its event, changes once people may
have seen it; any other change of what it shows moves only LAST-MODIFIED.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from events_service.events.models import AgendaItem, Event, new_uid
from services.database import utcnow

Line = Mapping[str, Any]
Alike = Callable[[int, Line, AgendaItem], bool]
COLUMNS = ("starts_at", "ends_at", "title", "presenter", "district")
TIMES = ("starts_at", "ends_at")
MOST_REMOVED = 100
# Which row a line is, the surest likeness first.
LIKENESSES: tuple[Alike, ...] = (
    lambda _number, line, row: line["title"] == row.title and line["starts_at"] == row.starts_at,
    lambda _number, line, row: row.removed_at is None and line["title"] == row.title,
    lambda _number, line, row: row.removed_at is None and bool(row.starts_at) and line["starts_at"] == row.starts_at,
    lambda number, _line, row: row.removed_at is None and number == row.position,
)


def write(event: Event, body: Sequence[Line], *, moved: bool, touched: bool) -> None:
    """Make the lines what the body says. `moved`: the event is elsewhere now; `touched`: it shows something else."""
    now, found, before = utcnow(), _rows_of(event, body), event.agenda
    for number, line in enumerate(body):
        row = found.get(number)
        if row is None:
            row = AgendaItem(uid=new_uid(event.uid.partition("@")[2]), sequence=0, created_at=now, changed_at=now)
            event.lines.append(row)
        else:
            _note_change(event, row, line, now, moved=moved, touched=touched)
        row.position, row.removed_at = number, None
        for name in COLUMNS:
            setattr(row, name, line[name])
    for row in before:
        if row not in found.values():
            _remove(event, row, now)
    _forget_most(event)


def turn(event: Event) -> None:
    """The status of the event has turned, and that of its sessions with it."""
    for row in event.agenda:
        row.sequence, row.changed_at = row.sequence + 1, event.changed_at


def _rows_of(event: Event, body: Sequence[Line]) -> dict[int, AgendaItem]:
    """The rows of the lines by number: each line takes the likest row that nobody has taken."""
    free, found = list(event.lines), dict[int, AgendaItem]()
    for alike in LIKENESSES:
        for number, line in enumerate(body):
            if number in found:
                continue
            row = next((row for row in free if _fits(event, line, row) and alike(number, line, row)), None)
            if row is not None:
                found[number] = row
                free.remove(row)
    return found


def _fits(event: Event, line: Line, row: AgendaItem) -> bool:
    """A session that people may have leaves as removed; a line without a time would make it vanish."""
    return not (event.published_at and row.starts_at) or line["starts_at"] is not None


def _note_change(event: Event, row: AgendaItem, line: Line, now: datetime, *, moved: bool, touched: bool) -> None:
    differs = {name for name in COLUMNS if getattr(row, name) != line[name]}
    back = row.removed_at is not None
    if differs or back or moved or touched:
        row.changed_at = now
    if event.published_at and (differs & set(TIMES) or back or moved):
        row.sequence += 1


def _remove(event: Event, row: AgendaItem, now: datetime) -> None:
    """What people may have in their calendars stays, as removed; anything else goes."""
    if event.published_at and row.starts_at:
        row.removed_at, row.changed_at, row.sequence = now, now, row.sequence + 1
    else:
        event.lines.remove(row)


def _forget_most(event: Event) -> None:
    """Of many removed lines the last ones: what was removed long ago every calendar has heard of."""
    removed = [(row.removed_at, row) for row in event.lines if row.removed_at]
    for _at, row in sorted(removed, key=lambda pair: pair[0], reverse=True)[MOST_REMOVED:]:
        event.lines.remove(row)
