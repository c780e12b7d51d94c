"""Periodic work: each slot of a job is run once, whoever comes first."""

from datetime import datetime, timedelta
from typing import Any

from services.database import Database, utcnow
from services.ledger import insert_once


def slot_of(every: timedelta, now: datetime | None = None) -> str:
    """The slot an instant lies in, named by its beginning in UTC."""
    now = now or utcnow()
    seconds = int(every.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo).isoformat()


def take_slot(db: Database, model: type[Any], job: str, slot: str) -> bool:
    """True for the one caller that may run the job in this slot."""
    with db.transaction() as session:
        return insert_once(session, model, {"job": job, "slot": slot, "at": utcnow()})
