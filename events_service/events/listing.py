"""What is on: the months of a school year with their counts, and the rows from a day on.

A fixed number of queries, however many events there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, bindparam, case, distinct, func, select
from sqlalchemy.orm import defer

from events_service.db import db
from events_service.events import queries, words
from events_service.events.models import CANCELLED, Event
from events_service.events.queries import registration_state
from events_service.events.seats import reserved_now
from events_service.registrations.models import CONFIRMED, Registration
from services.database import utcnow
from services.fields import midnight
from services.i18n import clock, local, long_day

FIRST_MONTH = 9
MOST_ROWS = 60
UNSHOWN = [defer(column) for column in (Event.description, Event.audience, Event.search)]
Filters = Mapping[str, Any]


@dataclass(frozen=True)
class Year:
    """A school year: the first days of its months, how many events begin in each, and what lies around."""

    months: list[date]
    counts: list[int]
    ahead: int
    earlier: int
    later: int

    @property
    def label(self) -> str:
        return f"{self.months[0].year}–{self.months[-1].year}"


@dataclass(frozen=True)
class Row:
    """One event of the list: the two words of its margin, its line of meta and its state."""

    event: Event
    number: str
    word: str
    meta: str
    state: tuple[str, str]


def months_of(day: date) -> list[date]:
    """The first days of the twelve months of the school year in which a day lies."""
    year = day.year if day.month >= FIRST_MONTH else day.year - 1
    return [date(year + (month > 12), (month - 1) % 12 + 1, 1) for month in range(FIRST_MONTH, FIRST_MONTH + 12)]


def month_after(month: date, count: int = 1) -> date:
    months = month.year * 12 + month.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def year_of(filters: Filters, day: date) -> Year:
    """The school year of a day, counted through the filters in one query."""
    months = months_of(day)
    edges = [midnight(month) for month in (*months, month_after(months[-1]))]
    given = {f"edge{number}": edge for number, edge in enumerate(edges)} | {"now": utcnow()}
    counted = queries.listed(dict(filters)).with_only_columns(*SUMS).order_by(None)
    numbers = [int(number) for number in db.session.execute(counted, given).one()]
    return Year(months, numbers[:12], *numbers[12:])


def _sums() -> list[ColumnElement[int]]:
    """How many begin in each of twelve months, and of all twelve are ahead; how many begin before and after."""
    edges = [bindparam(f"edge{number}", type_=Event.starts_at.type) for number in range(13)]
    start, end = Event.starts_at, func.coalesce(Event.ends_at, Event.starts_at)
    ahead = end > bindparam("now", type_=Event.starts_at.type)
    tests: list[ColumnElement[bool]] = [(start >= first) & (start < last) for first, last in pairwise(edges)]
    tests += [(start >= edges[0]) & (start < edges[-1]) & ahead, start < edges[0], start >= edges[-1]]
    return [func.coalesce(func.sum(case((test, 1), else_=0)), 0) for test in tests]


SUMS = _sums()  # built once: that costs more than counting


def rows_from(filters: Filters, since: date, start: int) -> tuple[list[Event], bool]:
    """Events from a day on, those without an exact day last; and whether there are more."""
    vague = case((Event.date_precision == "day", 0), else_=1)
    statement = queries.listed({**filters, "since": since}).order_by(None)
    ordered = statement.order_by(vague, Event.starts_at.is_(None), Event.starts_at, Event.id).options(*UNSHOWN)
    found = list(db.session.scalars(ordered.offset(start).limit(MOST_ROWS + 1)))
    return found[:MOST_ROWS], len(found) > MOST_ROWS


def last_before(filters: Filters, day: date) -> Event | None:
    """The last event before a day that passes the filters: what to offer where there is nothing."""
    earlier = queries.listed({**filters}).where(Event.starts_at < midnight(day)).order_by(None)
    return db.session.scalars(earlier.order_by(Event.starts_at.desc()).limit(1)).first()


def subjects() -> list[str]:
    """Subjects that public events have."""
    found = select(distinct(Event.subject)).where(Event.status.in_(queries.PUBLIC), Event.subject != "")
    return sorted(db.session.scalars(found))


def grouped(
    events: list[Event], mine: Mapping[str, Registration], programmes: Mapping[str, str], since: date
) -> list[tuple[str, list[Row]]]:
    """The rows under the names of their months; the same day is written once."""
    groups: list[tuple[str, list[Row]]] = []
    year, before = months_of(since), ("", "", "")
    for event in events:
        heading = _heading(event, since, year)
        margin = _margin(event, since)
        repeated = (heading, *margin) == before and event.date_precision == "day"
        before = (heading, *margin)
        number, word = ("", "") if repeated else margin
        row = Row(event, number, word, meta(event, programmes), state_of(event, mine.get(event.id)))
        if not groups or groups[-1][0] != heading:
            groups.append((heading, []))
        groups[-1][1].append(row)
    return groups


def _heading(event: Event, since: date, year: list[date]) -> str:
    if event.date_precision != "day" or event.starts_at is None:
        return str(_("The date is not set yet"))
    day = max(local(event.starts_at, event.time_zone).date(), since)
    return words.month_name(day) if day.replace(day=1) in year else words.month_and_year(day)


def _margin(event: Event, since: date) -> tuple[str, str]:
    """The margin of a list that begins with a day: what began before it shows its month."""
    number, word = words.margin_of(event)
    if event.date_precision != "day" or event.starts_at is None:
        return number, word
    day = local(event.starts_at, event.time_zone).date()
    return number, word if day >= since else words.short_month(day).lower()


def meta(event: Event, programmes: Mapping[str, str]) -> str:
    """«10:00–12:00 · Zoom · Kazakh, Russian · programme»."""
    parts = (
        hours_of(event),
        words.place_of(event),
        words.language_names(event.language),
        programmes.get(event.programme, ""),
    )
    return " · ".join(part for part in parts if part)


def hours_of(event: Event) -> str:
    """What the margin does not say of the time."""
    start, end, zone = event.starts_at, event.ends_at or event.starts_at, event.time_zone
    if event.date_precision != "day" or start is None or end is None:
        return "" if event.date_precision == "none" else words.when_of(event)
    if local(start, zone).date() != local(end, zone).date() and not words.one_whole_day(event):
        return words.when_of(event)
    if event.all_day:
        return str(_("All day"))
    return clock(start, zone) if start == end else f"{clock(start, zone)}–{clock(end, zone)}"


def state_of(event: Event, mine: Registration | None) -> tuple[str, str]:
    """The kind of mark and the words that stand at the end of a row."""
    state = registration_state(event, utcnow())
    if event.status == CANCELLED:
        return "no", _("Will not take place")
    if mine and state != "past":
        confirmed = mine.status == CONFIRMED
        return ("ok", _("You are registered")) if confirmed else ("wait", _("You are waiting"))
    if state == "past":
        return "plain", _("It is over")
    if state == "early" and event.registration_opens_at:
        day = local(event.registration_opens_at).date()
        return "plain", _("Registration opens on %(day)s", day=long_day(day))
    if state == "closed":
        return "plain", _("Registration is closed")
    return _places(event)


def _places(event: Event) -> tuple[str, str]:
    if event.capacity is None:
        return "plain", _("Places are not limited") if event.date_precision == "day" else ""
    free = event.capacity - event.seats_taken
    if free <= 0:
        return "wait", _("The waiting list is open")
    if free <= reserved_now(event):
        return "plain", _("%(num)s places for small-class schools", num=free)
    return "plain", words.free_places(free)
