"""Opening and closing a stage of judging, and more time for the jury: by the organiser or the chair."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.contests import freezing
from events_service.contests import queries as contests
from events_service.contests.models import CLOSED, OPEN, Stage
from events_service.db import Audit
from events_service.entries import queries as entries
from events_service.entries import taking_part
from events_service.entries.models import SUBMITTED, Entry
from events_service.events import seats
from events_service.events.models import PUBLISHED, Event
from events_service.jury import conflicts, dealing, queries
from events_service.jury.models import CHAIR
from events_service.notifications import jury as letters
from services import ledger
from services.database import utcnow
from services.errors import Conflict, Invalid
from services.i18n import moment
from services.identity import Actor

Missing = list[tuple[str, str]]  # a code, and what to say of it


def open_stage(session: Session, actor: Actor, ref: str, stage_id: str, closes_at: datetime | None = None) -> Stage:
    """Freeze the rules, write down who takes part, and let the jury score. Doing it again changes nothing.

    Raises Conflict naming what is missing.
    """
    event, stage = _take(session, actor, ref, stage_id)
    if stage.status == OPEN:
        return stage
    if stage.status == CLOSED:
        raise Conflict(_("The stage is closed"), code="stage-closed")
    if closes_at is not None:
        stage.closes_at, event.changed_at = closes_at, utcnow()  # calendars show the deadline
    if stage.closes_at is not None:
        _check_ahead(stage.closes_at)
    lacking = missing(session, event, stage)
    if lacking:
        raise Conflict("; ".join(said for _code, said in lacking), code=lacking[0][0])
    freezing.freeze(session, actor, event)
    if stage.id == contests.stages(event.id)[0].id:  # later ones are settled by published results
        taking_part.settle(session, stage)
    conflicts.record(session, dealing.read(session, stage).found)
    stage.status, stage.opened_at = OPEN, utcnow()
    _changed(session, actor, stage, "stage.opened", {"status": OPEN, "closes_at": ledger.plain(stage.closes_at)})
    _tell(session, stage, letters.OPENED, everybody=True)
    return stage


def close_stage(session: Session, actor: Actor, ref: str, stage_id: str, reason: str = "") -> Stage:
    """No score is given any more. Doing it again changes nothing.

    Unsigned sheets do not count: while there are any, a reason is asked for (Conflict), and kept.
    """
    _event, stage = _take(session, actor, ref, stage_id)
    if stage.status == CLOSED:
        return stage
    _check_open(stage)
    unsigned = [row for row in queries.assignments_of(stage.id) if row.signed_at is None]
    if unsigned and not reason:
        raise Conflict(unsigned_said(stage), field="reason", code="unsigned-sheets")
    stage.status, stage.closed_at = CLOSED, utcnow()
    new = {"status": CLOSED, "unsigned": [row.id for row in unsigned]}
    _changed(session, actor, stage, "stage.closed", new, reason)
    return stage


def extend(session: Session, actor: Actor, ref: str, stage_id: str, closes_at: datetime, reason: str) -> Stage:
    """A later deadline of the jury; those with unsigned sheets get a letter."""
    event, stage = _take(session, actor, ref, stage_id)
    _check_open(stage)
    _check_ahead(closes_at)
    if stage.closes_at is not None and closes_at <= stage.closes_at:
        raise Invalid({"closes_at": [_("Later than the present deadline")]})
    stage.closes_at = closes_at
    event.changed_at = utcnow()  # calendars show the deadline
    _changed(session, actor, stage, "stage.extended", {"closes_at": closes_at.isoformat()}, reason)
    _tell(session, stage, letters.EXTENDED, everybody=False)
    return stage


def missing(session: Session, event: Event, stage: Stage) -> Missing:
    """What a stage lacks before it may open; nothing when it is ready. Only reads."""
    rules, jury = queries.rules(event.id), queries.members(event.id)
    works, before = entries.entrants(stage), [row for row in contests.stages(event.id) if row.position < stage.position]
    checks = [
        ("not-published", event.status != PUBLISHED, _("The contest is not published")),
        ("earlier-stage", any(row.status != CLOSED for row in before), _("The stage before it is not closed")),
        ("jury-small", len(jury) < rules.jury_min, _("The jury needs %(least)s members", least=rules.jury_min)),
        ("no-chair", all(row.role != CHAIR for row in jury), _("The jury has no chair")),
        ("no-entries", not works, _("No entry takes part in this stage yet")),
        *([] if before else _entries_unsettled(event)),
        _deal_wrong(session, stage, {entry.id for entry in works}),
    ]
    return [(code, str(said)) for code, lacks, said in checks if lacks]


def _entries_unsettled(event: Event) -> list[tuple[str, bool, str]]:
    """Before the first stage: may entries be handed in yet, or wait for a decision? Once it is open neither can be."""
    contest, late = contests.contest_of(event), entries.extended_until(event.id)
    taken, closes = entries.state_of(event, contest) in {entries.SOON, entries.OPEN}, contests.closes_at(event, contest)
    waits = bool(entries.count(event.id, Entry.status == SUBMITTED))
    until = [moment(at, event.time_zone) if at else "–" for at in (closes, late)]
    said = (
        _("Entries are taken until %(when)s: wait, or end it earlier in the rules", when=until[0]),
        _("Entries have more time, until %(when)s: wait, or shorten it", when=until[1]),
        _("Entries wait for a decision: admit, return or refuse them first"),
    )
    codes = ("entries-open", "entries-extended", "entries-wait")
    return list(zip(codes, (taken, late is not None, waits), said, strict=True))


def unsigned_said(stage: Stage) -> str:
    """Whose sheets are not signed, and how many."""
    behind = [(row.member.name, row.dealt - row.signed) for row in queries.progress(stage.id) if row.dealt > row.signed]
    named = "; ".join(_("%(name)s: %(count)s", name=name, count=count) for name, count in behind)
    said = _("Sheets that are not signed do not count: %(named)s", named=named)
    return str(said + ". " + _("Say why the stage closes without them"))


def _deal_wrong(session: Session, stage: Stage, taking: set[str]) -> tuple[str, bool, str]:
    """Is everything dealt, to all jurors of now, without a conflict as the register knows it now?"""
    if queries.accepted(stage.id) is None:
        return "no-deal", bool(taking), _("The entries are not dealt to the jurors yet")
    now, dealt = dealing.read(session, stage), queries.assignments_of(stage.id)
    jurors = {member.id for member in now.members}
    fits = all(
        row.entry_id in taking and row.member_id in jurors and (row.member_id, row.entry_id) not in now.found
        for row in dealt
    )
    idle = jurors - {row.member_id for row in dealt}
    left_out = any((juror, entry) not in now.found for juror in idle for entry in taking)
    said = _("Entries, jurors or conflicts have changed since the entries were dealt: deal them again")
    return "deal-outdated", not fits or left_out or bool(queries.short(stage)), said


def _take(session: Session, actor: Actor, ref: str, stage_id: str) -> tuple[Event, Stage]:
    """The turn of an event that is on, so that no entry is admitted meanwhile, then those of its stages in their order.

    Of all: what freezes the rules takes them too, and who holds a later one must not wait for an earlier one.
    """
    event = queries.led(ref, actor)
    stage_id = contests.stage_of(event.id, stage_id).id
    event, rows = seats.take_turn(session, event.id), contests.take_turns(session, event.id)
    contests.check_on(event.id)
    return event, next(stage for stage in rows if stage.id == stage_id)


def _check_open(stage: Stage) -> None:
    if stage.status != OPEN:
        raise Conflict(_("The stage is not open"))


def _check_ahead(closes_at: datetime) -> None:
    if closes_at <= utcnow():
        raise Invalid({"closes_at": [_("A time in the future")]})


def _changed(
    session: Session, actor: Actor, stage: Stage, action: str, new: Mapping[str, Any], reason: str = ""
) -> None:
    stage.version += 1
    session.flush()
    ledger.audit(session, Audit, actor, action, "stage", stage.id, new=new, reason=reason)


def _tell(session: Session, stage: Stage, kind: str, everybody: bool) -> None:
    for row in queries.progress(stage.id):
        if everybody or row.signed < row.dealt:
            letters.owe_stage(session, stage, row.member, kind)
