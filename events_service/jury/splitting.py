"""One more reader where the jurors of an entry lie too far apart: looked at when its last sheet is signed or leaves."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.contests.models import Stage
from events_service.entries.models import Entry
from events_service.jury import dealing, queries
from events_service.jury.models import ACTIVE, SPLIT, Assignment
from events_service.scoring import queries as scoring


def look(session: Session, stage: Stage, entry: Entry) -> None:
    """Call one more reader, once, when all who read have signed and the widest gap is above the trigger.

    The stage's turn is taken. Nobody is called while one more reader sits, or when nobody is left.
    """
    of_entry = Assignment.stage_id == stage.id, Assignment.entry_id == entry.id, Assignment.status == ACTIVE
    sitting = list(session.scalars(select(Assignment).where(*of_entry)))
    if any(row.ground == SPLIT for row in sitting) or not all(row.signed_at for row in sitting):
        return
    scores = [scoring.sheet_score(sheet.lines, sheet.points) for sheet in scoring.sheets(sitting)]
    if scores and max(scores) - min(scores) > queries.rules(stage.event_id).divergence:
        dealing.one_more(session, stage, entry)
