"""Feeds as bytes with their validators: the same bytes from every process while nothing in them changes."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from events_service.calendars import addresses, due, kept, stamps
from events_service.calendars.kept import Entries, Feed, shelf
from events_service.calendars.selections import Selection
from events_service.contests.models import Stage
from events_service.db import db
from events_service.directory.copying import shown_at
from events_service.events import queries
from events_service.events.models import CANCELLED, PUBLISHED, Event
from events_service.ics import deadlines as closing
from events_service.ics import entries, ical, sessions
from events_service.jury.models import JuryMember
from events_service.registrations.models import LIVE, WAITLISTED, Registration
from events_service.subscriptions.models import Subscription
from services import i18n
from services.database import utcnow
from services.fields import midnight, today
from services.i18n import said_plain

PAST = timedelta(days=90)
AFTER_CANCELLED = timedelta(days=1)


@dataclass(frozen=True)
class Reader:
    """For whom a feed is: of the events she comes to, whether she only waits; what she judges; and her switches."""

    waits: Mapping[str, bool] = field(default_factory=dict)
    judges: due.Due = field(default_factory=dict)
    alarms: bool = False
    hide_cancelled: bool = False


def public(selection: Selection, language: str) -> Feed:
    """The events of a selection, said in one language. Raises NotFound for a selection that means nothing."""
    return _kept(("events", selection, language), lambda: _public(selection.checked(), language))


def deadlines(selection: Selection, language: str) -> Feed:
    """Until when to register for the events of a selection, to bring ideas to its fairs and to enter its contests."""
    return _kept(("deadlines", selection, language), lambda: _deadlines(selection.checked(), language))


def personal(token: str, language: str) -> Feed:
    """What a person comes to or organises, by the address of her calendar. Raises NotFound for a dead address."""
    address = "personal", token, language
    held = shelf().get(address)
    if held and held.stamp == stamps.personal(held.owner):
        return held
    owner = addresses.person_of(token)
    stamp = stamps.personal(owner)
    return shelf().put(address, replace(of_person(owner, language), stamp=stamp))


def of_person(person_id: str, language: str) -> Feed:
    """Her feed made anew."""
    reader = _reader(person_id)
    mine = or_(Event.id.in_([*reader.waits, *reader.judges]), Event.created_by == person_id)
    statement = select(Event).where(mine, Event.status.in_(queries.PUBLIC)).order_by(Event.starts_at, Event.id)
    with force_locale(language):
        body = compose(shown(statement), reader, _("Qonyrau: my events"))
    return _feed(body, _last_step(person_id), person_id)


def single(event: Event, language: str) -> Feed:
    """One event to save; whoever wants its changes subscribes instead."""
    with force_locale(language):
        body = compose(select(Event).where(Event.id == event.id), Reader(), said_plain(event.title))
    return Feed(body, ical.etag(body), event.changed_at)


def shown(statement: Select[Any]) -> Select[Any]:
    """Of these events those that calendars show today: not long past, and with an exact day."""
    end = func.coalesce(Event.ends_at, Event.starts_at)
    return statement.where(Event.date_precision == "day", Event.starts_at.is_not(None), _window(end))


def compose(statement: Select[Any], reader: Reader, name: str) -> bytes:
    """The calendar of the selected events and their sessions, in the language being spoken."""
    names = entries.read_names()

    def make(event: Event) -> Entries:
        whole = entries.entry_of(event, names, waiting=reader.waits.get(event.id), alarms=reader.alarms)
        return sessions.with_sessions(event, whole, names)

    found = kept.entries_of(statement, names, make, lambda event_id: (reader.waits.get(event_id), reader.alarms))
    found += _judging(reader, names)
    return _write([entry for entry in found if _stands(entry, reader)], name)


def _judging(reader: Reader, names: entries.Names) -> list[ical.Entry]:
    """Until when a juror judges; her contest itself may have no exact day yet."""
    wanted = {event_id: deadlines for event_id, deadlines in reader.judges.items() if deadlines}
    judged = select(Event).where(Event.id.in_(list(wanted)), Event.status.in_(queries.PUBLIC)).order_by(Event.id)
    if not wanted:
        return []
    return kept.entries_of(
        judged,
        names,
        lambda event: closing.entries_of(event, wanted[event.id], names),
        lambda event_id: ("judging", wanted[event_id]),
    )


def _kept(address: Hashable, make: Callable[[], Feed]) -> Feed:
    stamp, held = stamps.public(), shelf().get(address)
    return held if held and held.stamp == stamp else shelf().put(address, replace(make(), stamp=stamp))


def _public(selection: Selection, language: str) -> Feed:
    with force_locale(language):
        body = compose(shown(selection.events()), Reader(), selection.title())
    return _feed(body)


def _deadlines(selection: Selection, language: str) -> Feed:
    more = due.since(midnight(today() - PAST) - closing.LENGTH)
    closes = Event.registration_closes_at > midnight(today() - PAST) - closing.LENGTH
    with force_locale(language):
        names = entries.read_names()
        found = kept.entries_of(
            selection.events().where(or_(closes, Event.id.in_(list(more)))),
            names,
            lambda event: closing.deadlines_of(event, more.get(event.id, ()), names),
            lambda event_id: ("deadlines", more.get(event_id, ())),
        )
        standing = sorted((e for e in found if _stands(e, Reader())), key=lambda entry: (entry.starts_at, entry.uid))
        body = _write(standing, selection.title(_("deadlines")))
    return _feed(body)


def _reader(person_id: str) -> Reader:
    mine = select(Registration.event_id, Registration.status).where(
        Registration.attendee == person_id, Registration.status.in_(LIVE)
    )
    organised = select(Event.id).where(Event.created_by == person_id, Event.status.in_(queries.PUBLIC))
    waits = dict.fromkeys(db.session.scalars(organised), False)
    waits |= {event_id: status == WAITLISTED for event_id, status in db.session.execute(mine)}
    switches = db.session.get(Subscription, person_id)
    judges = due.of_juror(person_id)
    return Reader(waits, judges, switches.alarms, switches.hide_cancelled) if switches else Reader(waits, judges)


def _window(end: ColumnElement[Any]) -> ColumnElement[bool]:
    """Counted in whole days, so that a feed changes by itself at midnight only."""
    return or_(
        and_(Event.status == PUBLISHED, end > midnight(today() - PAST)),
        and_(Event.status == CANCELLED, end > midnight(today() - AFTER_CANCELLED)),
    )


def _stands(entry: ical.Entry, reader: Reader) -> bool:
    """The same of one entry: a session may be over, or removed, before its event is."""
    if entry.cancelled and reader.hide_cancelled:
        return False
    return entry.ends_at > midnight(today() - (AFTER_CANCELLED if entry.cancelled else PAST))


def _write(found: list[ical.Entry], name: str) -> bytes:
    return ical.feed(found, name=name, cancelled_prefix=entries.cancelled_prefix(), language=i18n.language())


def _feed(body: bytes, step: datetime | None = None, owner: str = "") -> Feed:
    """With the last change; at midnight the window moves, which is a change too."""
    changes = midnight(today()), _last_change(), shown_at(), step
    return Feed(body, ical.etag(body), max(at for at in changes if at and at <= utcnow()), owner)


def _last_change() -> datetime | None:
    """Of all public events: one that has left a selection is no longer there to be asked."""
    return db.session.scalar(select(func.max(Event.changed_at)).where(Event.status.in_(queries.PUBLIC)))


def _last_step(person_id: str) -> datetime | None:
    """When she last registered, was seated, withdrew, turned a switch, or her work on a jury changed."""
    columns = (Registration.changed_at, Registration.confirmed_at, Registration.withdrawn_at)
    found = db.session.execute(
        select(*(func.max(column) for column in columns)).where(Registration.attendee == person_id)
    ).one()
    turned = db.session.scalar(select(Subscription.changed_at).where(Subscription.reader == person_id))
    steps = func.max(JuryMember.added_at), func.max(Stage.opened_at), func.max(Stage.closed_at)
    seat = JuryMember.person_id == person_id
    judged = db.session.execute(
        select(*steps).select_from(JuryMember).outerjoin(Stage, Stage.event_id == JuryMember.event_id).where(seat)
    ).one()
    return max((at for at in (*found, turned, *judged) if at), default=None)
