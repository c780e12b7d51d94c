"""The organiser's verbs of an entry: give it back, admit it, refuse it. Its author gets a letter."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.entries import queries
from events_service.entries.models import ADMITTED, LIVE, REFUSED, RETURNED, SUBMITTED, Entry
from events_service.entries.writing import REFUSALS, audit, take, touch
from events_service.events.models import Event
from events_service.notifications import entries as letters
from services.database import utcnow
from services.errors import Conflict, Invalid
from services.identity import Actor


def give_back(
    session: Session, actor: Actor, ref: Event, entry_id: str, reason: str, late_until: datetime | None = None
) -> Entry:
    """Give an entry back to be mended. After the last day of entries it needs a new one, `late_until`."""
    event, entry = take_judged(session, actor, ref, entry_id)
    if entry.status == RETURNED:
        return entry
    if entry.status not in {SUBMITTED, ADMITTED}:
        raise Conflict(_("Only an entry that was sent can be given back"))
    if late_until is not None:
        put_off(entry, late_until, reason)
    if not queries.is_open(event, contests.contest_of(event), entry):
        raise Invalid({"late_until": [_("Entries are closed: say until when it can be mended")]})
    return _decide(session, actor, entry, RETURNED, reason, {"late_until": late_until and late_until.isoformat()})


def admit(session: Session, actor: Actor, ref: Event, entry_id: str) -> Entry:
    """Admit an entry to the first stage; doing it again changes nothing."""
    event, entry = take_judged(session, actor, ref, entry_id)
    if entry.status == ADMITTED:
        return entry
    if entry.status not in {SUBMITTED, REFUSED}:
        raise Conflict(_("Only an entry that was sent can be admitted"))
    own = Entry.author_id == entry.author_id, Entry.nomination_id == entry.nomination_id, Entry.id != entry.id
    if queries.count(event.id, *own, Entry.status.in_(LIVE)):
        raise Conflict(_("Its author has another entry in this nomination by now"))
    entry.admitted_at = utcnow()
    return _decide(session, actor, entry, ADMITTED)


def refuse(session: Session, actor: Actor, ref: Event, entry_id: str, reason: str) -> Entry:
    """Do not admit an entry; doing it again changes nothing."""
    _event, entry = take_judged(session, actor, ref, entry_id)
    if entry.status == REFUSED:
        return entry
    if entry.status not in {SUBMITTED, ADMITTED}:
        raise Conflict(_("Only an entry that was sent can be refused"))
    return _decide(session, actor, entry, REFUSED, reason)


def put_off(entry: Entry, late_until: datetime, reason: str) -> None:
    """On record in the row; Invalid for a time that has passed."""
    check_ahead(late_until)
    entry.late_until, entry.late_reason = late_until, reason


def check_ahead(late_until: datetime) -> None:
    if late_until <= utcnow():
        raise Invalid({"late_until": [_("This time has passed")]})


def take_judged(session: Session, actor: Actor, ref: Event, entry_id: str, drafts: bool = False) -> tuple[Event, Entry]:
    """The turns, then an entry of her contest as it is now; nothing is decided once the jury is at work."""
    entry = queries.judged_by(ref, entry_id, actor, drafts)
    event = take(session, entry.event_id)
    session.refresh(entry)
    state = queries.state_of(event, contests.contest_of(event))
    if state in {queries.JUDGED, "draft", "cancelled"}:
        raise Conflict(REFUSALS[state], code=f"entries-{state}")
    return event, entry


def _decide(
    session: Session, actor: Actor, entry: Entry, status: str, reason: str = "", more: dict[str, Any] | None = None
) -> Entry:
    before, entry.status, entry.reason = entry.status, status, reason
    touch(entry)
    session.flush()
    letters.owe_author(session, entry, f"entry_{status}")
    audit(session, actor, f"entry.{status}", entry, {"status": before}, {"status": status, **(more or {})}, reason)
    return entry
