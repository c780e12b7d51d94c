"""Reads of entries."""

from sqlalchemy import select

from events_service.contests.models import Stage
from events_service.db import db
from events_service.entries.models import ADMITTED, Entry, StageEntry


def entrants(stage: Stage) -> list[Entry]:
    """Who takes part in a stage, by number; before the first stage opens everybody who is admitted."""
    named = select(Entry).join(StageEntry, StageEntry.entry_id == Entry.id).where(StageEntry.stage_id == stage.id)
    found = list(db.session.scalars(named.order_by(Entry.number, Entry.id)))
    if found or stage.position > _first(stage):
        return found
    admitted = select(Entry).where(Entry.event_id == stage.event_id, Entry.status == ADMITTED)
    return list(db.session.scalars(admitted.order_by(Entry.number, Entry.id)))


def _first(stage: Stage) -> int:
    first = select(Stage.position).where(Stage.event_id == stage.event_id).order_by(Stage.position).limit(1)
    return db.session.scalar(first) or 0
