"""Events as calendar entries, said in the language being spoken: the same in feeds and in letters.

Nothing here may depend on the clock: a feed that did not change must keep its bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from events_service.db import db
from events_service.directory.models import Organisation, Programme
from events_service.events import words
from events_service.events.models import CANCELLED, AgendaItem, Event
from events_service.fairs.models import FAIR, Idea
from events_service.ics.ical import Entry
from services.i18n import clock, said_plain
from services.identity import settings_of_app

MOST_SLOTS = 60
DAY = 24 * 60  # minutes
ORGANISATIONS, PROGRAMMES = select(Organisation.code, Organisation.name), select(Programme.code, Programme.name)


@dataclass(frozen=True)
class Names:
    """What an entry says that its event only refers to; read once for a whole feed."""

    organisations: Mapping[str, Mapping[str, str]]
    programmes: Mapping[str, Mapping[str, str]]
    base_url: str
    mail: str

    def organiser_of(self, event: Event) -> str:
        return said_plain(self.organisations.get(event.organisation)) or event.organisation

    @cached_property
    def mark(self) -> int:
        """Tells these names from any others, within one process."""
        return hash(repr(self))


def read_names() -> Names:
    """The names as they are now, and the address that invitations and letters come from."""
    settings = settings_of_app()
    return Names(
        organisations=dict(db.session.execute(ORGANISATIONS).tuples().all()),
        programmes=dict(db.session.execute(PROGRAMMES).tuples().all()),
        base_url=settings.public_url,
        mail=parseaddr(settings.mail_from)[1],
    )


def in_calendars(event: Event) -> bool:
    """Only what has an exact day can stand in a calendar."""
    return event.date_precision == "day" and event.starts_at is not None


def entry_of(event: Event, names: Names, *, waiting: bool | None = None, alarms: bool = False) -> Entry:
    """The entry of an event, for everybody or for one who is registered: does she only wait?

    The address to join is only for those who have a place.
    """
    assert event.starts_at is not None
    return Entry(
        uid=event.uid,
        sequence=event.sequence,
        created=event.created_at,
        changed=event.changed_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at or event.starts_at,
        title=said_plain(event.title),
        all_day=event.all_day,
        time_zone=event.time_zone,
        description=_description(event, names, waiting is True),
        location=words.place_of(event),
        url=f"{names.base_url}/events/{event.slug}",
        join_url=event.join_url if waiting is False else "",
        categories=_categories(event, names),
        cancelled=event.status == CANCELLED,
        tentative=waiting is True,
        organiser_name=names.organiser_of(event),
        organiser_mail=names.mail,
        alarms=_alarms(event) if alarms else (),
    )


def _alarms(event: Event) -> tuple[int, ...]:
    """Minutes before the beginning; before a whole day, which begins at midnight, nobody is woken."""
    return tuple(minutes for minutes in event.reminders if minutes >= DAY or not event.all_day)


def cancelled_prefix() -> str:
    """What stands before the title of a cancelled event, for programs that show no status."""
    return str(_("Cancelled:"))


def agenda_line(item: AgendaItem, zone: str) -> str:
    """«10:00–10:30 Lessons in mixed classes – A. Ospanova»."""
    times = [clock(at, zone) for at in (item.starts_at, item.ends_at) if at]
    said = f"{said_plain(item.title)} – {item.presenter}" if item.presenter else said_plain(item.title)
    return f"{'–'.join(times)} {said}".strip()


def slot_line(idea: Idea, zone: str) -> str:
    """«10:00–10:20 Physics: Experiments at home – A. Ospanova, room 5»."""
    times = "–".join(clock(at, zone) for at in (idea.starts_at, idea.ends_at) if at)
    section = f"{said_plain(idea.section.title)}: " if idea.section else ""
    place = f", {idea.place}" if idea.place else ""
    return f"{times} {section}{said_plain(idea.title)} – {idea.name}{place}"


def _slots(event: Event) -> str:
    """The programme of a fair; as much of it as a calendar can carry."""
    slots = event.slots if event.kind == FAIR else []
    lines = [slot_line(idea, event.time_zone) for idea in slots[:MOST_SLOTS]]
    rest = len(slots) - len(lines)
    more = ngettext("%(num)s more on the page of the fair", "%(num)s more on the page of the fair", rest)
    return "\n".join([*lines, *([f"… {more}"] if rest > 0 else [])])


def _description(event: Event, names: Names, waiting: bool) -> str:
    reason = event.cancel_reason if event.status == CANCELLED else ""
    agenda = "\n".join(agenda_line(item, event.time_zone) for item in event.agenda)
    parts = [
        _("You are on the waiting list") if waiting else "",
        _("Reason: %(reason)s", reason=reason) if reason else "",
        f"{words.kind_name(event.kind)}: {words.language_names(event.language)}",
        said_plain(event.description),
        agenda,
        _slots(event),
        organiser_line(event, names),
    ]
    return "\n\n".join(part for part in parts if part)


def _categories(event: Event, names: Names) -> tuple[str, ...]:
    programme = said_plain(names.programmes.get(event.programme))
    return tuple(word for word in (words.kind_name(event.kind), programme, event.subject) if word)


def organiser_line(event: Event, names: Names) -> str:
    """«Organiser: Regional methodical centre»."""
    return str(_("Organiser: %(name)s", name=names.organiser_of(event)))
