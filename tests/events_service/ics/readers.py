"""Programs of others that read calendars: each gives of every entry its UID, its times and its title."""

from datetime import UTC, date, datetime

import ical.calendar_stream
import icalendar
import ics
import recurring_ical_events
import vobject
from icalendar import Calendar
from icalevents import icalparser

Seen = tuple[str, date | datetime, date | datetime, str]
icalendar.use_zoneinfo()  # icalevents, when it is imported, has chosen otherwise for the whole process
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _icalendar(body: bytes) -> list[Seen]:
    entries = Calendar.from_ical(body).walk("VEVENT")
    return [(str(e["UID"]), e["DTSTART"].dt, e.end, str(e["SUMMARY"])) for e in entries]


def _vobject(body: bytes) -> list[Seen]:
    (calendar,) = vobject.readComponents(body.decode())
    return [_of_vobject(entry) for entry in calendar.vevent_list]


def _of_vobject(entry) -> Seen:
    start = entry.dtstart.value
    end = entry.dtend.value if hasattr(entry, "dtend") else start
    return entry.uid.value, start, end, entry.summary.value


def _ics(body: bytes) -> list[Seen]:
    return [_of_ics(entry) for entry in ics.Calendar(body.decode()).events]


def _of_ics(entry) -> Seen:
    start, end = entry.begin.datetime, entry.end.datetime
    if entry.all_day:
        start, end = start.date(), end.date()
    return entry.uid, start, end, entry.name


def _ical(body: bytes) -> list[Seen]:
    calendar = ical.calendar_stream.IcsCalendarStream.calendar_from_ics(body.decode())
    return [(e.uid, e.dtstart, e.end, e.summary) for e in calendar.events]


def _recurring(body: bytes) -> list[Seen]:
    found = recurring_ical_events.of(Calendar.from_ical(body)).between(*EVER)
    return [(str(e["UID"]), e["DTSTART"].dt, e["DTEND"].dt, str(e["SUMMARY"])) for e in found]


def _icalevents(body: bytes) -> list[Seen]:
    return [_of_icalevents(e) for e in icalparser.parse_events(body.decode(), *EVER)]


def _of_icalevents(entry) -> Seen:
    start, end = entry.start, entry.end or entry.start
    if entry.all_day:
        start, end = start.date(), end.date()
    return entry.uid, start, end, entry.summary


READERS = {
    "icalendar": _icalendar,
    "vobject": _vobject,
    "ics.py": _ics,
    "ical": _ical,
    "recurring-ical-events": _recurring,
    "icalevents": _icalevents,
}
