"""An entry leaves the contest for good: its author takes it back, or the organisers exclude it.

Both also while the jury is at work. Who still has to read it is told, and its sheets that are not signed are taken
away in stages that are not closed; what was signed stays on record and counts no more, as results are of entries
that are admitted. Results that are published already have to be compiled anew (awards.queries.pending).
"""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests.models import CLOSED, OPEN, Stage
from events_service.db import Audit
from events_service.entries import queries
from events_service.entries.models import ADMITTED, EXCLUDED, LIVE, WITHDRAWN, Entry
from events_service.entries.writing import REFUSALS, audit, touch
from events_service.events import seats
from events_service.events.models import PUBLISHED, Event
from events_service.jury.models import ACTIVE, REMOVED, Assignment
from events_service.notifications import entries as letters
from events_service.notifications import jury as jury_letters
from services import ledger
from services.database import utcnow
from services.errors import Conflict
from services.identity import Actor


def withdraw(session: Session, actor: Actor, ref: Event, entry_id: str) -> Entry:
    """Its author takes it back, until the results of its last stage are published. Again changes nothing."""
    entry = queries.own(ref, entry_id, actor)
    _event, stages = _take(session, entry)
    if entry.status == WITHDRAWN:
        return entry
    if entry.status not in LIVE:
        raise Conflict(_("This entry cannot be taken back any more"))
    if not queries.may_withdraw(entry):
        raise Conflict(_("Its results are published: ask the organisers to take it out"), code="entry-judged")
    return _leave(session, actor, entry, stages, WITHDRAWN)


def exclude(session: Session, actor: Actor, ref: Event, entry_id: str, reason: str) -> Entry:
    """Put an admitted entry out, whatever the jury has done; the protocol names the reason. Again changes nothing."""
    entry = queries.judged_by(ref, entry_id, actor)
    event, stages = _take(session, entry)
    if entry.status == EXCLUDED:
        return entry
    if event.status != PUBLISHED:
        raise Conflict(REFUSALS[event.status], code=f"entries-{event.status}")
    if entry.status != ADMITTED:
        raise Conflict(_("Only an entry that was admitted can be excluded"))
    return _leave(session, actor, entry, stages, EXCLUDED, reason)


def _take(session: Session, entry: Entry) -> tuple[Event, list[Stage]]:
    """The turns of the event and of all its stages, then the entry as it is now."""
    event = seats.take_turn(session, entry.event_id)
    stages = contests.take_turns(session, event.id)
    session.refresh(entry)
    return event, stages


def _leave(session: Session, actor: Actor, entry: Entry, stages: list[Stage], status: str, reason: str = "") -> Entry:
    before, entry.status, entry.reason = entry.status, status, reason
    touch(entry)
    session.flush()
    if status == EXCLUDED:
        letters.owe_author(session, entry, "entry_excluded")
    audit(session, actor, f"entry.{status}", entry, {"status": before}, {"status": status}, reason)
    dealt = Assignment.entry_id == entry.id, Assignment.status == ACTIVE, Assignment.signed_at.is_(None)
    running = Assignment.stage_id.in_([stage.id for stage in stages if stage.status != CLOSED])
    for row in session.scalars(select(Assignment).where(*dealt, running).order_by(Assignment.id)).all():
        _take_away(session, actor, row)
    return entry


def _take_away(session: Session, actor: Actor, row: Assignment) -> None:
    row.status, row.changed_at = REMOVED, utcnow()
    row.version += 1
    session.flush()
    old, new = {"status": ACTIVE}, {"status": REMOVED}
    ledger.audit(session, Audit, actor, "assignment.removed", "assignment", row.id, old=old, new=new)
    if row.stage.status == OPEN:
        jury_letters.owe_left(session, row)
