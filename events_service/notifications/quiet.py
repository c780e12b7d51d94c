"""The hours in which nobody's phone rings for what can wait (docs/decisions/0033).

Facts about one's own registration are told at any hour; the letters that one may do without wait.
"""

from datetime import datetime, time, timedelta

from sqlalchemy import select, update

from events_service.db import Notification, db
from events_service.subscriptions.words import LETTERS, REMINDER
from services.database import utcnow
from services.fields import zone_info

ALMATY = zone_info(None)
EVENING, MORNING = time(21, 30), time(8)
# What comes at the end of the quiet hours, or before they begin, comes at least so long before them or the event.
AHEAD = timedelta(minutes=30)


def is_quiet(instant: datetime) -> bool:
    clock = instant.astimezone(ALMATY).time()
    return clock >= EVENING or clock < MORNING


def awake(instant: datetime, before: datetime | None = None) -> datetime:
    """The instant itself, or the morning after it; the evening before it where that is too late for `before`."""
    if not is_quiet(instant):
        return instant
    local = instant.astimezone(ALMATY)
    day = local.date() + timedelta(days=local.time() >= EVENING)
    morning = datetime.combine(day, MORNING, ALMATY)
    if before is None or morning + AHEAD <= before:
        return morning.astimezone(instant.tzinfo)
    return (datetime.combine(day - timedelta(days=1), EVENING, ALMATY) - AHEAD).astimezone(instant.tzinfo)


def hold() -> None:
    """Put off until the morning what is due in the quiet hours all the same: a sender was away, or tries again.

    A reminder that has perhaps come already is let go: by the morning its copy could be too late.
    """
    now = utcnow()
    if not is_quiet(now):
        return
    due = Notification.kind.in_(LETTERS), Notification.status == "queued", Notification.due_at <= now
    if db.session.scalar(select(Notification.id).where(*due).limit(1)) is None:
        return
    doubtful = Notification.kind == REMINDER, Notification.ambiguous > 0
    with db.transaction() as session:
        for off in (
            update(Notification).where(*due, *doubtful).values(status="superseded"),
            update(Notification).where(*due).values(due_at=awake(now)),
        ):
            session.execute(off.execution_options(synchronize_session=False))
