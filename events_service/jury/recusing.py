"""A juror steps back from an entry."""

from sqlalchemy.orm import Session

from events_service.contests.queries import take_turn
from events_service.jury.models import ACTIVE, DECLARED, RECUSED, Assignment, Conflict
from services.errors import NotFound
from services.identity import Actor


def recuse(session: Session, actor: Actor, assignment_id: str, note: str) -> Assignment:
    """Her assignment ends, and the conflict is written down."""
    row = session.get(Assignment, assignment_id)
    if row is None or row.member.person_id != actor.id:
        raise NotFound
    take_turn(session, row.stage_id)
    session.refresh(row)
    if row.status == ACTIVE:
        row.status, row.reason = RECUSED, note
        session.add(Conflict(member_id=row.member_id, entry_id=row.entry_id, kind=DECLARED, note=note))
        session.flush()
    return row
