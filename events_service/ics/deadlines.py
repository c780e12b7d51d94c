"""The deadlines of an event as short entries: until when to register, to bring ideas, to enter, to judge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from events_service.events import words
from events_service.events.models import CANCELLED, Event
from events_service.ics.entries import Names, organiser_line
from events_service.ics.ical import Entry
from services.i18n import said_plain

LENGTH = timedelta(minutes=15)


@dataclass(frozen=True)
class Deadline:
    """Something that ends at an instant: `what` is the part of the UID that is its own.

    `stage` is the stage that closes, as texts by language, where it is one.
    """

    what: str
    at: datetime
    stage: tuple[tuple[str, str], ...] = ()


def deadlines_of(event: Event, more: Iterable[Deadline], names: Names) -> tuple[Entry, ...]:
    """Each deadline by a UID made from the event's; SEQUENCE grows with everything an organiser changes."""
    closes = event.registration_closes_at
    found = [Deadline("registration-closes", closes)] if closes else []
    return entries_of(event, (*found, *more), names)


def entries_of(event: Event, found: Iterable[Deadline], names: Names) -> tuple[Entry, ...]:
    """The same of these deadlines only."""
    return tuple(_entry(event, names, deadline) for deadline in found)


def _title(event: Event, deadline: Deadline) -> str:
    title = said_plain(event.title)
    if deadline.stage:
        return str(_("Jury finishes: %(stage)s, %(title)s", stage=said_plain(dict(deadline.stage)), title=title))
    if deadline.what == "ideas-close":
        return str(_("Ideas close: %(title)s", title=title))
    if deadline.what == "entries-close":
        return str(_("Entries close: %(title)s", title=title))
    return str(_("Registration closes: %(title)s", title=title))


def _entry(event: Event, names: Names, deadline: Deadline) -> Entry:
    return Entry(
        uid=f"{deadline.what}-{event.uid}",
        sequence=event.revision,
        created=event.created_at,
        changed=event.changed_at,
        starts_at=deadline.at,
        ends_at=deadline.at + LENGTH,
        title=_title(event, deadline),
        time_zone=event.time_zone,
        description=organiser_line(event, names),
        url=f"{names.base_url}/events/{event.slug}",
        categories=(words.kind_name(event.kind),),
        cancelled=event.status == CANCELLED,
        organiser_name=names.organiser_of(event),
        organiser_mail=names.mail,
        busy=False,
    )
