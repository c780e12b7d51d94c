"""Secret addresses of personal calendars."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from events_service.db import db
from services.database import Instant, utcnow
from services.rows import ID


class FeedAddress(db.Model):
    """The changing part of a person's calendar address; the address itself is signed, never stored.

    Rotating adds one to `version`: the old address is dead at once.
    """

    person_id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    rotated_at: Mapped[datetime | None] = mapped_column(Instant)


class FeedFetch(db.Model):
    """When a program last fetched a person's calendar; known by the name it gives itself."""

    person_id: Mapped[str] = mapped_column(ID, primary_key=True)
    program: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
