"""What an event's days clash with: days off, breaks, sessions of a cluster, other events for the same schools.

Clashes warn and never forbid. However much there is, they cost the same few queries.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, and_, func, or_, select

from events_service.db import db
from events_service.directory import queries as directory
from events_service.directory.models import School
from events_service.events import content, queries, rules, words
from events_service.events.models import CANCELLED, PUBLISHED, Event, EventAudience
from services.fields import midnight, today
from services.i18n import said_plain, short_day

MOST = 8
DAY_OFF, SESSION, SAME, MORE, UNKNOWN = (
    "day_off",
    "cluster_session",
    "same_audience",
    "more_events",
    "calendar_unknown",
)
CALENDAR = "/registry/calendar"
INNER = str.maketrans("«»", "„“")  # a title in quotation marks keeps its own as inner ones


@dataclass(frozen=True)
class Clash:
    """One warning: a stable code, a sentence for the reader, and where to look at what clashes."""

    code: str
    message: str
    url: str
    first_day: date | None = None
    last_day: date | None = None
    event: str | None = None
    schools: int | None = None


def of_event(event: Event) -> list[Clash]:
    """The clashes of a saved event; none of one that will not take place."""
    if event.status == CANCELLED:
        return []
    return list(_found(content.snapshot(event), event.id, queries.audience_of(event)))


def of_content(body: Mapping[str, Any], event: Event | None) -> list[Clash]:
    """The clashes of what is being written, saved or not; the audience is what its rule gives today."""
    unchanged = event is not None and body["audience"] == event.audience
    schools = queries.audience_of(event) if event and unchanged else None
    if schools is None:
        schools = directory.audience_schools(body["audience"], today())
    return list(_found(body, event.id if event else "", schools))


def _found(body: Mapping[str, Any], event_id: str, schools: Select[Any]) -> Iterator[Clash]:
    if body["date_precision"] != "day" or not body["starts_at"]:
        return
    first, last = rules.days_of(body)
    year = directory.academic_year_at(first)
    yield from _in_calendar(first, last, f"{CALENDAR}/{year.code}" if year else CALENDAR)
    if year is None and last >= today():
        text = _("The school calendar of these days has not been entered: days off and breaks are not known")
        yield Clash(UNKNOWN, text, CALENDAR, first, last)
    begin, end = midnight(first, body["time_zone"]), midnight(last + timedelta(days=1), body["time_zone"])
    rows = db.session.execute(_others(begin, end, event_id, schools)).all()
    yield from (_other(event, number) for event, number, _all in rows)
    if rows and (more := rows[0][2] - len(rows)):
        text = ngettext(
            "%(num)s more event is on these days for the same schools",
            "%(num)s more events are on these days for the same schools",
            more,
        )
        yield Clash(MORE, text, f"/?month={first:%Y-%m}", first, last)


def _in_calendar(first: date, last: date, url: str) -> Iterator[Clash]:
    for row in directory.calendar_days(first, last):
        days = short_day(row.first_day)
        if row.last_day != row.first_day:
            days += f" – {short_day(row.last_day)}"
        said = {"name": said_plain(row.name), "days": days}
        holiday = row.kind == DAY_OFF
        text = _("Day off: %(name)s, %(days)s", **said) if holiday else _("School break: %(name)s, %(days)s", **said)
        yield Clash(row.kind, text, url, row.first_day, row.last_day)


def _others(begin: Any, end: Any, event_id: str, schools: Select[Any]) -> Select[Any]:
    """Published events of these days and how many of the schools each is for; how many such events there are."""
    shared = func.count(EventAudience.school_id)
    ids = schools.order_by(None).with_only_columns(School.id)
    session_first = and_(Event.kind == "session", Event.audience["rule"].as_string() == "cluster")
    return (
        select(Event, shared, func.count().over())
        .join(EventAudience, EventAudience.event_id == Event.id)
        .where(Event.status == PUBLISHED, Event.date_precision == "day", Event.id != event_id)
        .where(Event.starts_at < end, Event.starts_at >= begin - rules.LONGEST)
        .where(or_(Event.ends_at > begin, Event.starts_at >= begin))
        .where(EventAudience.school_id.in_(ids))
        .group_by(Event.id)
        .order_by(session_first.desc(), shared.desc(), Event.starts_at, Event.id)
        .limit(MOST)
    )


def _other(event: Event, schools: int) -> Clash:
    assert event.starts_at
    first, last = rules.days_of(content.times(event))
    said = {"title": said_plain(event.title).translate(INNER), "when": words.when_of(event)}
    if event.kind == "session" and event.audience.get("rule") == "cluster":
        code = SESSION
        text = ngettext(
            "Session of a resource centre, %(num)s of these schools: «%(title)s», %(when)s",
            "Session of a resource centre, %(num)s of these schools: «%(title)s», %(when)s",
            schools,
            **said,
        )
    else:
        code = SAME
        text = ngettext(
            "For %(num)s of these schools on the same day: «%(title)s», %(when)s",
            "For %(num)s of these schools on the same day: «%(title)s», %(when)s",
            schools,
            **said,
        )
    return Clash(code, text, f"/events/{event.slug}", first, last, event.id, schools)
