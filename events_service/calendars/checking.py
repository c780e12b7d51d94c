"""Our own feeds read as a calendar program would: does each hold what the rows say?"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from random import shuffle
from time import monotonic
from typing import Any

from icalendar import Calendar
from sqlalchemy import Select, and_, func, or_, select

from events_service.calendars import feeds
from events_service.calendars.selections import Selection
from events_service.db import db
from events_service.directory import queries as directory
from events_service.events import queries
from events_service.events.models import CANCELLED, AgendaItem, Event
from events_service.registrations.models import LIVE, Registration
from events_service.subscriptions.models import Subscription
from services.fields import midnight, today
from services.i18n import LANGUAGES
from services.metrics import Gauge

log = logging.getLogger("qonyrau.calendars")
SAMPLE = 20
LONGEST = 5.0  # seconds: in the loop letters stand behind it
FAULTS = Gauge("qonyrau_feed_faults", "Entries our feeds lack or should not hold", multiprocess_mode="mostrecent")
Checked = tuple[str, bytes, set[str]]
Reading = Callable[[], Checked]


def check() -> int:
    """Read public feeds and some people's; answers how many entries are wrong, each reported by its UID.

    As many as there is time for, in another order each time, so that each has its turn.
    """
    readings, end, found = [*_public(), *_personal()], monotonic() + LONGEST, 0
    shuffle(readings)
    for read in readings:
        found += _faults(*read())
        if monotonic() > end:
            break
    FAULTS.set(found)
    return found


def _faults(name: str, body: bytes, wanted: set[str]) -> int:
    try:
        held = Counter(str(entry["UID"]) for entry in Calendar.from_ical(body).walk("VEVENT"))
    except ValueError:
        log.exception("feed %s cannot be read", name)
        return max(1, len(wanted))
    wrong = (wanted ^ held.keys()) | {uid for uid, times in held.items() if times > 1}
    for uid in sorted(wrong):
        log.error("feed %s: entry %s stands in it %s times", name, uid, held[uid])
    return len(wrong)


def _public() -> Iterator[Reading]:
    """Everything in each language, and each district in the first."""
    for language in LANGUAGES:
        yield partial(_read_public, f"all, {language}", Selection(), language)
    for place in directory.territories():
        yield partial(_read_public, f"district {place.code}", Selection(district=place.code), LANGUAGES[0])


def _read_public(name: str, selection: Selection, language: str) -> Checked:
    return name, feeds.public(selection, language).body, _uids(selection.events())


def _personal() -> Iterator[Reading]:
    """Of some who registered, others each time, no guests; those who hide cancelled events are left alone."""
    live, switched = Registration.status.in_(LIVE), select(Subscription.reader).where(Subscription.hide_cancelled)
    who = Registration.person_id
    people = select(who).where(live, who.is_not(None), who.not_in(switched)).distinct().subquery()
    some = select(people.c.person_id).order_by(func.random()).limit(SAMPLE)
    yield from (partial(_read_personal, person_id) for person_id in db.session.scalars(some).all())


def _read_personal(person_id: str) -> Checked:
    mine = select(Registration.event_id).where(Registration.person_id == person_id, Registration.status.in_(LIVE))
    own = or_(Event.id.in_(mine), Event.created_by == person_id)
    events = select(Event).where(own, Event.status.in_(queries.PUBLIC))
    return f"of {person_id}", feeds.of_person(person_id, LANGUAGES[0]).body, _uids(events)


def _uids(events: Select[Any]) -> set[str]:
    """The UIDs of the events and of their sessions, counted by the database."""
    shown = feeds.shown(events).order_by(None)
    end, gone = func.coalesce(AgendaItem.ends_at, AgendaItem.starts_at), AgendaItem.removed_at.is_not(None)
    off = or_(gone, Event.status == CANCELLED)
    lately = or_(
        and_(off, end > midnight(today() - feeds.AFTER_CANCELLED)), and_(~off, end > midnight(today() - feeds.PAST))
    )
    sessions = shown.join(AgendaItem, AgendaItem.event_id == Event.id).where(lately)
    found = (shown.with_only_columns(Event.uid), sessions.with_only_columns(AgendaItem.uid))
    return {uid for statement in found for uid in db.session.scalars(statement)}
