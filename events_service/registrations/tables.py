"""Who is registered for an event, as lines of a file."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from events_service.db import db
from events_service.events import standing
from events_service.events.models import Event
from events_service.registrations import queries, words
from services import exports
from services.i18n import local, said_plain
from services.identity import Actor


def of_registrants(event: Event, actor: Actor) -> Iterator[list[Any]]:
    """As far as she may know: organisers all, a coordinator her own districts'."""
    statement = queries.of_event(event, actor).limit(exports.MOST + 1)
    rows = exports.few(list(db.session.scalars(statement)))
    ranks, schools = standing.ranks(event.id), queries.schools_of(rows)
    yield [_("Name"), _("E-mail"), _("State"), _("Waits as number"), _("School"), _("Language"), _("Registered at")]
    for row in rows:
        school = schools.get(row.school_id or "")
        about = [row.name, row.email, str(words.STATES[row.status][1]), ranks.get(row.id)]
        at = local(row.queued_at, event.time_zone)
        yield [*about, said_plain(school.name) if school else None, row.language, f"{at:%Y-%m-%d %H:%M}"]
