"""One more reader where the jurors of an entry lie too far apart: looked at when its last sheet is signed or leaves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.contests.models import OPEN, Stage
from events_service.entries.models import Entry
from events_service.jury import queries, redealing
from events_service.jury.models import ACTIVE, SPLIT, Assignment
from events_service.scoring import queries as scoring


def look(session: Session, stage: Stage, works: Iterable[Entry]) -> None:
    """Call one more reader for each, once, when all who read have signed and the widest gap is above the trigger.

    The stage's turn is taken. Nobody is called while one more reader sits; when nobody is left the organiser is told.
    """
    ids = [entry.id for entry in works]
    sitting = Assignment.stage_id == stage.id, Assignment.entry_id.in_(ids), Assignment.status == ACTIVE
    _look(session, stage, session.scalars(select(Assignment).where(*sitting)).all())


def look_all(session: Session, stage: Stage) -> None:
    """The same for all entries of an open stage, when there is a new juror: for some perhaps nobody was left before."""
    if stage.status == OPEN:
        _look(session, stage, queries.assignments_of(stage.id))


def _look(session: Session, stage: Stage, rows: Sequence[Assignment]) -> None:
    """`rows` are all that sit on their entries."""
    waits = {row.entry_id for row in rows if row.signed_at is None or row.ground == SPLIT}
    scores: dict[Entry, list[Fraction]] = defaultdict(list)
    for sheet in scoring.sheets([row for row in rows if row.entry_id not in waits]):
        scores[sheet.row.entry].append(scoring.sheet_score(sheet.lines, sheet.points))
    for entry, given in scores.items():
        if max(given) - min(given) > queries.rules(stage.event_id).divergence:
            redealing.one_more(session, stage, entry)
