"""An event that loses its exact day leaves every calendar: what was mailed for the old day is taken back.

No feed can do that for who only has the invitation, so the message of the change keeps the old times.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.db import Notification
from events_service.events.models import Event
from events_service.ics import entries
from events_service.ics.ical import Entry
from events_service.registrations.models import Registration
from services.database import utcnow
from services.i18n import said_plain

CHANGED, CANCELLED = "event_changed", "event_cancelled"
KINDS = (CHANGED, CANCELLED)


def params_of(session: Session, event: Event, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a message of a change keeps: the last exact times, and until when people were invited to them.

    `before` is the content that was changed. Empty while the event stands in calendars, and if it never did.
    """
    if entries.in_calendars(event):
        return {}
    if before and before["date_precision"] == "day" and before["starts_at"]:
        start, end = before["starts_at"], before["ends_at"] or before["starts_at"]
        times = {"starts_at": start.isoformat(), "ends_at": end.isoformat(), "until": utcnow().isoformat()}
        return {"was": {**times, "all_day": before["all_day"], "time_zone": before["time_zone"]}}
    # An earlier message may not have gone yet, and this one overtakes it.
    changes = Notification.topic == event.id, Notification.kind == CHANGED
    last = session.scalars(select(Notification.params).where(*changes).order_by(Notification.id.desc()).limit(1))
    return last.first() or {}


def left_by(message: Notification, event: Event, row: Registration) -> Entry | None:
    """What an invitation put into her calendar and stands there no longer; None when there was none."""
    was = message.params.get("was") if message.kind in KINDS else None
    if not was or (row.confirmed_at or row.created_at) > datetime.fromisoformat(was["until"]):
        return None
    names = entries.read_names()
    return Entry(
        uid=event.uid,
        sequence=event.sequence,
        created=event.created_at,
        changed=event.changed_at,
        starts_at=datetime.fromisoformat(was["starts_at"]),
        ends_at=datetime.fromisoformat(was["ends_at"]),
        title=said_plain(event.title),
        all_day=was["all_day"],
        time_zone=was["time_zone"],
        organiser_name=names.organiser_of(event),
        organiser_mail=names.mail,
    )
