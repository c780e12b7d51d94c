"""Dealing entries to jurors."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from events_service.contests.models import Stage
from events_service.entries.models import Entry
from events_service.jury.models import ACTIVE, Assignment, Conflict, JuryMember


def one_more(session: Session, stage: Stage, entry: Entry) -> Assignment | None:
    """One more reader of an entry on a wide split: the least loaded juror without conflict."""
    had = select(Assignment.member_id).where(Assignment.stage_id == stage.id, Assignment.entry_id == entry.id)
    barred = select(Conflict.member_id).where(Conflict.entry_id == entry.id)
    load = (
        select(func.count())
        .where(Assignment.member_id == JuryMember.id, Assignment.stage_id == stage.id, Assignment.status == ACTIVE)
        .scalar_subquery()
    )
    seats = JuryMember.event_id == stage.event_id, JuryMember.active, JuryMember.scores
    free = select(JuryMember).where(*seats, JuryMember.id.not_in(had), JuryMember.id.not_in(barred))
    member = session.scalars(free.order_by(load, JuryMember.id)).first()
    if member is None:
        return None
    made = Assignment(stage_id=stage.id, entry_id=entry.id, member_id=member.id, ground="split")
    session.add(made)
    session.flush()
    return made
