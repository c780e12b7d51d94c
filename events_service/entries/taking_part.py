"""Who takes part in a stage."""

from sqlalchemy.orm import Session

from events_service.contests.models import Stage
from events_service.entries import queries
from events_service.entries.models import StageEntry


def settle(session: Session, stage: Stage) -> None:
    """Write down who takes part in the first stage; later ones are settled by published results."""
    for entry in queries.entrants(stage):
        if session.get(StageEntry, (stage.id, entry.id)) is None:
            session.add(StageEntry(stage_id=stage.id, entry_id=entry.id))
    session.flush()
