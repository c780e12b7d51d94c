"""What a person wants to hear of, and what stands in her calendar: kept here, never in an address."""

from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from events_service.db import db
from services.database import Instant, utcnow

DISTRICT, SUBJECT, PROGRAMME = "district", "subject", "programme"
FOLLOWED = (DISTRICT, SUBJECT, PROGRAMME)


class Subscription(db.Model):
    """The switches of one reader; who has no row has never touched them.

    `reader` is the person's id, or `mail:<address>` of a guest, as `Registration.attendee`. `muted`
    are the kinds of letters she does not want.
    """

    reader: Mapped[str] = mapped_column(String(330), primary_key=True)
    muted: Mapped[list[str]] = mapped_column(JSON, default=list)
    alarms: Mapped[bool] = mapped_column(default=False)
    hide_cancelled: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)


class Follow(db.Model):
    """A district, subject or programme of which a person hears each new event."""

    __table_args__ = (Index(None, "what", "code"),)

    reader: Mapped[str] = mapped_column(String(330), primary_key=True)
    what: Mapped[str] = mapped_column(String(12), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant, default=utcnow)
