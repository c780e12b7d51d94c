"""The sessions of a programme as entries of their own, each bound to its event (RFC 5545, RELATED-TO)."""

from dataclasses import replace

from flask_babel import gettext as _

from events_service.events.models import AgendaItem, Event
from events_service.ics.entries import Names, organiser_line
from events_service.ics.ical import Entry
from services.i18n import said_plain


def with_sessions(event: Event, whole: Entry, names: Names) -> tuple[Entry, ...]:
    """The entry of an event and those of its timed lines, removed ones as cancelled."""
    timed = [row for row in event.lines if row.starts_at]
    timed.sort(key=lambda row: (row.starts_at, row.id))
    return (whole, *(_session(event, row, whole, names) for row in timed))


def _session(event: Event, row: AgendaItem, whole: Entry, names: Names) -> Entry:
    assert row.starts_at is not None
    return replace(
        whole,
        uid=row.uid,
        sequence=row.sequence,
        created=row.created_at,
        changed=row.changed_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at or row.starts_at,
        title=said_plain(row.title),
        all_day=False,
        description="\n".join(_lines(event, row, names)),
        cancelled=whole.cancelled or row.removed_at is not None,
        parent_uid=whole.uid,
        alarms=(),
    )


def _lines(event: Event, row: AgendaItem, names: Names) -> list[str]:
    part = _("Part of: %(title)s", title=said_plain(event.title))
    return [line for line in (row.presenter, str(part), organiser_line(event, names)) if line]
