"""The list of events as lines of a file."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from events_service.db import db
from events_service.directory import queries as directory
from events_service.events import queries, words
from events_service.events.models import CANCELLED, Event
from services import exports
from services.i18n import LANGUAGES, local, said_plain


def of_events(filters: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Public events that pass the filters, of all time, in order of time."""
    found = exports.few(list(db.session.scalars(queries.listed(dict(filters)).limit(exports.MOST + 1))))
    programmes = {row.code: said_plain(row.name) for row in directory.programmes()}
    yield [
        *(_("Title in Kazakh"), _("Title in Russian"), _("Title in English"), _("Kind"), _("Day"), _("When")),
        *(_("Where"), _("Language"), _("Programme"), _("Places"), _("Taken"), _("Waiting"), _("State"), _("Address")),
    ]
    for event in found:
        titles = [event.title.get(code) for code in LANGUAGES]
        held = _("Will not take place") if event.status == CANCELLED else None
        yield [
            *(*titles, words.kind_name(event.kind), _day(event), words.when_of(event), words.place_of(event)),
            *(words.language_names(event.language), programmes.get(event.programme), event.capacity),
            *(event.seats_taken, event.waiting, held, f"/events/{event.slug}"),
        ]


def _day(event: Event) -> Any:
    """The day it begins, where it has one."""
    exact = event.date_precision == "day" and event.starts_at
    return local(exact, event.time_zone).date() if exact else None
