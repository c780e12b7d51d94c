"""The deadlines of an event as short entries: until when to register, and until when to bring ideas."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from flask_babel import gettext as _

from events_service.events import words
from events_service.events.models import CANCELLED, Event
from events_service.ics.entries import Names, organiser_line
from events_service.ics.ical import Entry
from services.i18n import said_plain

LENGTH = timedelta(minutes=15)


def deadlines_of(event: Event, ideas_close_at: datetime | None, names: Names) -> tuple[Entry, ...]:
    """Each deadline by a UID made from the event's; SEQUENCE grows with everything an organiser changes."""
    made = partial(_entry, event, names)
    return tuple(_found(made, event.registration_closes_at, ideas_close_at, said_plain(event.title)))


def _found(
    made: Callable[[str, datetime, str], Entry], registration: datetime | None, ideas: datetime | None, title: str
) -> Iterator[Entry]:
    if registration:
        yield made("registration-closes", registration, _("Registration closes: %(title)s", title=title))
    if ideas:
        yield made("ideas-close", ideas, _("Ideas close: %(title)s", title=title))


def _entry(event: Event, names: Names, what: str, at: datetime, title: str) -> Entry:
    return Entry(
        uid=f"{what}-{event.uid}",
        sequence=event.revision,
        created=event.created_at,
        changed=event.changed_at,
        starts_at=at,
        ends_at=at + LENGTH,
        title=title,
        time_zone=event.time_zone,
        description=organiser_line(event, names),
        url=f"{names.base_url}/events/{event.slug}",
        categories=(words.kind_name(event.kind),),
        cancelled=event.status == CANCELLED,
        organiser_name=names.organiser_of(event),
        organiser_mail=names.mail,
        busy=False,
    )
