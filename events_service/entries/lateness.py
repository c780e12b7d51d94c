"""The organiser's verbs of time: more of it for a draft, or a draft begun late. Both stand on record with a reason."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.directory import queries as directory
from events_service.entries import deciding, queries
from events_service.entries.models import DRAFT, RETURNED, Entry
from events_service.entries.writing import REFUSALS, audit, make, take, touch
from events_service.events.models import Event
from events_service.notifications import entries as letters
from services.errors import Conflict, Forbidden, Invalid
from services.identity import Actor


def extend(session: Session, actor: Actor, ref: Event, entry_id: str, late_until: datetime, reason: str) -> Entry:
    """Let a draft be written and handed in until `late_until`, on record; the same again changes nothing."""
    _event, entry = deciding.take_judged(session, actor, ref, entry_id, drafts=True)
    if entry.status not in {DRAFT, RETURNED}:
        raise Conflict(_("Only the time of a draft can be extended"))
    before = entry.late_until
    if before == late_until and entry.late_reason == reason:
        return entry
    deciding.put_off(entry, late_until, reason)
    touch(entry)
    session.flush()
    letters.owe_author(session, entry, "entry_extended")
    old, new = ({"late_until": at and at.isoformat()} for at in (before, late_until))
    audit(session, actor, "entry.extended", entry, old, new, reason)
    return entry


def begin(session: Session, actor: Actor, ref: str, data: dict[str, Any]) -> Entry:
    """A draft for a person of the register, from a loaded `LateStartBody`: hers to write and to send until then.

    The contest's rules hold for it as for any. Raises Conflict before entries are taken and once the jury is at work.
    """
    event = take(session, contests.owned(ref, actor).id)
    state = queries.state_of(event, contests.contest_of(event))
    if state not in {queries.OPEN, queries.CLOSED}:
        raise Conflict(REFUSALS[state], code=f"entries-{state}")
    author = directory.person_named(data)
    deciding.check_ahead(data["late_until"])
    late = {"late_until": data["late_until"], "late_reason": data["reason"]}
    try:
        entry = make(session, event, author, data["nomination"], **late)
    except Forbidden:
        said = _("By the rules of the contest her school may not enter today")
        raise Invalid({"person" if data.get("person") else "email": [said]}) from None
    letters.owe_author(session, entry, "entry_opened")
    new = {"status": DRAFT, "nomination": entry.nomination_id, "late_until": data["late_until"].isoformat()}
    audit(session, actor, "entry.started", entry, new=new, reason=data["reason"])
    return entry
