"""A juror gives an entry back, or says beforehand that she may not judge it; it is dealt again."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests.models import CLOSED, Stage
from events_service.db import Audit
from events_service.entries.models import Entry, StageEntry
from events_service.events import seats
from events_service.jury import queries, redealing, splitting
from events_service.jury.models import ACTIVE, DECLARED, RECUSED, REMOVED, Assignment, JuryMember
from events_service.jury.models import Conflict as Interest
from services import ledger
from services.database import utcnow
from services.errors import Conflict, Invalid, NotFound
from services.identity import Actor


def recuse(session: Session, actor: Actor, ref: str, assignment_id: str, reason: str) -> Assignment:
    """She may not judge an entry dealt to her: it leaves her list and is dealt again. Doing it again changes nothing.

    The reason stands in the protocol. Raises Conflict when the stage is closed or her sheet is signed.
    """
    event = contests.visible(ref, actor)
    row = queries.assignment_of(actor, event.id, assignment_id)
    return _recuse(session, actor, row, reason)


def declare(session: Session, actor: Actor, ref: str, number: int, note: str, member_id: str | None = None) -> Interest:
    """Put on record that a juror may not judge the entry with this number; without a member the actor herself.

    For another only those who direct the jury may. What is dealt already is given back.
    """
    event = contests.visible(ref, actor)
    if member_id is not None and not queries.directs(actor, event):
        raise NotFound
    seats.take_turn(session, event.id)
    stages = contests.take_turns(session, event.id)  # of all: nobody deals it to her meanwhile
    member = queries.one_of(event.id, member_id) if member_id else queries.member_of(event.id, actor)
    if member is None:
        raise NotFound
    entry = queries.numbered(event.id, number)
    if entry is None:
        raise Invalid({"entry": [_("There is no entry with this number")]})
    dealt = Assignment.member_id == member.id, Assignment.entry_id == entry.id, Assignment.status == ACTIVE
    running = Assignment.stage_id.in_([stage.id for stage in stages if stage.status != CLOSED])
    for row in session.scalars(select(Assignment).where(*dealt, running)).all():
        _recuse(session, actor, row, note)
    return _keep(session, actor, member, entry, note)


def take_back(session: Session, actor: Actor, ref: str, member_id: str, entry_id: str) -> None:
    """What was declared, by mistake or of an entry that is another: by the juror or who directs the jury.

    Raises Conflict once something stands on it: a stage of the entry has opened, or it was given back.
    """
    event = contests.visible(ref, actor)
    seats.take_turn(session, event.id)
    stages = contests.take_turns(session, event.id)
    member, kept = queries.one_of(event.id, member_id), session.get(Interest, (member_id, entry_id))
    if kept is None or kept.kind != DECLARED or not (member.person_id == actor.id or queries.directs(actor, event)):
        raise NotFound
    opened = StageEntry.entry_id == entry_id, StageEntry.stage_id.in_([row.id for row in stages if row.opened_at])
    given_back = Assignment.member_id == member.id, Assignment.entry_id == entry_id, Assignment.status == RECUSED
    if session.scalar(select(or_(exists().where(*opened), exists().where(*given_back)))):
        raise Conflict(_("Entries were dealt with this conflict in mind: it stays on record"), code="conflict-in-use")
    number, note = kept.entry.number, kept.note
    session.delete(kept)
    session.flush()
    action = "jury_member.conflict_taken_back"
    ledger.audit(session, Audit, actor, action, "jury_member", member.id, old={"entry": number, "note": note})


def hand_over(session: Session, actor: Actor, member: JuryMember, reason: str) -> None:
    """Deal again what a juror who leaves has not signed; what she signed counts."""
    live = Assignment.member_id == member.id, Assignment.status == ACTIVE, Assignment.signed_at.is_(None)
    for stage in contests.take_turns(session, member.event_id):
        left = select(Assignment).where(Assignment.stage_id == stage.id, *live).order_by(Assignment.id)
        rows = session.scalars(left).all() if stage.status != CLOSED else ()
        for row in rows:
            _set(session, actor, row, REMOVED, reason)
        if rows:
            _deal_again(session, stage, [row.entry for row in rows])


def _recuse(session: Session, actor: Actor, row: Assignment, reason: str) -> Assignment:
    stage = contests.take_turn(session, row.stage_id)
    session.refresh(row)
    if row.status != ACTIVE:
        return row
    if stage.status == CLOSED:
        raise Conflict(_("The stage is closed"))
    if row.signed_at is not None:
        raise Conflict(_("This sheet is signed: the chair can open it again"), code="sheet-signed")
    _set(session, actor, row, RECUSED, reason)
    _keep(session, actor, row.member, row.entry, reason)
    _deal_again(session, stage, [row.entry])
    return row


def _deal_again(session: Session, stage: Stage, works: Sequence[Entry]) -> None:
    """Whoever left was perhaps the last to sign: what the others signed is then looked at as at a signing."""
    redealing.refill(session, stage, works)
    splitting.look(session, stage, works)


def _set(session: Session, actor: Actor, row: Assignment, status: str, reason: str) -> None:
    row.status, row.reason, row.changed_at = status, reason, utcnow()
    row.version += 1
    session.flush()
    old, new = {"status": ACTIVE}, {"status": status}
    ledger.audit(session, Audit, actor, f"assignment.{status}", "assignment", row.id, old=old, new=new, reason=reason)


def _keep(session: Session, actor: Actor, member: JuryMember, entry: Entry, note: str) -> Interest:
    """On record; said again in other words, the last words stand.

    What the register found becomes her word too: nobody may learn from the answer where an entry comes from.
    """
    kept = session.get(Interest, (member.id, entry.id), populate_existing=True)
    if kept is None:
        kept = Interest(member_id=member.id, entry_id=entry.id)
        session.add(kept)
    elif (kept.kind, kept.note) == (DECLARED, note):
        return kept
    kept.kind, kept.note = DECLARED, note
    session.flush()
    action, new = "jury_member.conflict_declared", {"entry": entry.number}
    ledger.audit(session, Audit, actor, action, "jury_member", member.id, new=new, reason=note)
    return kept
