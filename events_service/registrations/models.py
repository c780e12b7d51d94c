"""Registrations: who comes to what, and who waits."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_service.db import db
from events_service.events.models import Event
from services.database import Instant, new_id, utcnow
from services.rows import ID

PENDING, CONFIRMED, WAITLISTED, WITHDRAWN = "pending", "confirmed", "waitlisted", "withdrawn"
LIVE = (CONFIRMED, WAITLISTED)
LIVE_SQL = "status IN ('confirmed', 'waitlisted')"


class Registration(db.Model):
    """One person's (or guest's) registration for one event.

    `attendee` is the person's id, or `mail:<address>` of a guest: one live row for each and event.
    `small` is whether she came from a small-class school on the day she registered.
    """

    __table_args__ = (
        Index(
            "uq_registration_live",
            "event_id",
            "attendee",
            unique=True,
            sqlite_where=db.text(LIVE_SQL),
            postgresql_where=db.text(LIVE_SQL),
        ),
        Index(None, "event_id", "status", "queued_at", "id"),
        Index(None, "attendee"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(ID, unique=True, default=new_id)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    attendee: Mapped[str] = mapped_column(String(330))
    person_id: Mapped[str | None] = mapped_column(ID)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(2), default="kk")
    school_id: Mapped[str | None] = mapped_column(ID)
    small: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(12))
    submission_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    queued_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    version: Mapped[int] = mapped_column(default=1)
    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)


def waits_before(row: Registration) -> ColumnElement[bool]:
    """Those who wait for the same event and came before her."""
    earlier = or_(
        Registration.queued_at < row.queued_at,
        and_(Registration.queued_at == row.queued_at, Registration.id < row.id),
    )
    return and_(Registration.event_id == row.event_id, Registration.status == WAITLISTED, earlier)
