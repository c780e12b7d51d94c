"""The verbs by which a reader chooses what she hears of. None of them commits."""

from typing import Any

from sqlalchemy.orm import Session

from events_service.subscriptions import queries
from events_service.subscriptions.models import Subscription
from services import ledger
from services.database import utcnow
from services.identity import Actor


def switch_calendar(
    session: Session, actor: Actor, *, alarms: bool | None = None, hide_cancelled: bool | None = None
) -> Subscription:
    """Turn the switches of her own calendar; None leaves one as it is."""
    row = _take(session, actor.id)
    given = {"alarms": alarms, "hide_cancelled": hide_cancelled}
    return _write(row, {name: value for name, value in given.items() if value is not None})


def _take(session: Session, reader: str) -> Subscription:
    """The row of a reader, made when there is none, and nobody else's until the commit."""
    new = {"reader": reader, "muted": [], "alarms": False, "hide_cancelled": False}
    ledger.insert_once(session, Subscription, {**new, "version": queries.FIRST_VERSION, "changed_at": utcnow()})
    return session.get_one(Subscription, reader, populate_existing=True, with_for_update=True)


def _write(row: Subscription, values: dict[str, Any]) -> Subscription:
    """What differs is written, and only then is it a new version."""
    differs = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differs.items():
        setattr(row, name, value)
    if differs:
        row.version, row.changed_at = row.version + 1, utcnow()
    return row
