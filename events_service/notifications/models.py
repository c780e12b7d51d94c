"""What organisers write themselves: messages to registrants, and their own words for letters."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from events_service.db import db
from services.database import Instant, Texts, utcnow
from services.rows import ID


class OrganiserMessage(db.Model):
    """One message of an organiser to those registered for an event; each recipient has a notification of it.

    `sent_to` is whom it was for: `confirmed`, `waitlisted` or `all`.
    """

    __table_args__ = (Index(None, "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(ID)
    created_by: Mapped[str] = mapped_column(ID)
    subject: Mapped[dict[str, str]] = mapped_column(Texts)
    body: Mapped[dict[str, str]] = mapped_column(Texts)
    sent_to: Mapped[str] = mapped_column(String(12))
    recipients: Mapped[int] = mapped_column(default=0)
    submission_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)


class LetterTemplate(db.Model):
    """An organisation's own subject and first words of one kind of letter in one language.

    Placeholders are of a short list; nothing in a text is ever run.
    """

    organisation: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200))
    lead: Mapped[str] = mapped_column(String(2000))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    changed_by: Mapped[str] = mapped_column(ID)
