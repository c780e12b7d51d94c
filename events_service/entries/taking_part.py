"""Who takes part in the first stage: settled once, when it opens."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.contests.models import Stage
from events_service.entries.models import ADMITTED, Entry, StageEntry


def settle(session: Session, stage: Stage) -> list[Entry]:
    """Write down that all admitted entries take part in a stage whose turn the caller has; again changes nothing."""
    there = set(session.scalars(select(StageEntry.entry_id).where(StageEntry.stage_id == stage.id)))
    admitted = select(Entry).where(Entry.event_id == stage.event_id, Entry.status == ADMITTED)
    found = list(session.scalars(admitted.order_by(Entry.number, Entry.id)))
    session.add_all(StageEntry(stage_id=stage.id, entry_id=entry.id) for entry in found if entry.id not in there)
    session.flush()
    return found
